"""Loans: what one would cost with coupons, asking the core for it, following what becomes of it, and telling the core's
books about the coupons.
"""

from domain.loans.apply import Application, apply
from domain.loans.choices import CouponChoice, coupons_for
from domain.loans.close_discrepancy import close_discrepancy
from domain.loans.discrepancies import Discrepancy, discrepancies
from domain.loans.hear import Notice, hear
from domain.loans.loan import Loan, LoanCoupon
from domain.loans.post_entries import post_entries
from domain.loans.queries import Confirmation, confirmation, plan, read
from domain.loans.rules import CostItem, CostTable
from domain.loans.settle import settle
from domain.loans.states import LoanState
from domain.loans.terms import Terms
from domain.loans.trial import Trial, trial
from domain.ports import Instalment

__all__ = [
    "Application",
    "Confirmation",
    "CostItem",
    "CostTable",
    "CouponChoice",
    "Discrepancy",
    "Instalment",
    "Loan",
    "LoanCoupon",
    "LoanState",
    "Notice",
    "Terms",
    "Trial",
    "apply",
    "close_discrepancy",
    "confirmation",
    "coupons_for",
    "discrepancies",
    "hear",
    "plan",
    "post_entries",
    "read",
    "settle",
    "trial",
]
