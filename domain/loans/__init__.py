"""Loans: what one would cost with a coupon, asking the core for it, and telling the core's books about the coupon."""

from domain.loans.apply import Application, apply
from domain.loans.book_coupons import book_used_coupons
from domain.loans.choices import CouponChoice, coupons_for
from domain.loans.loan import Loan
from domain.loans.post_entries import post_entries
from domain.loans.queries import plan, read
from domain.loans.rules import CostItem, CostTable
from domain.loans.settle import settle
from domain.loans.states import LoanState
from domain.loans.terms import Terms
from domain.loans.trial import Trial, trial
from domain.ports import Instalment

__all__ = [
    "Application",
    "CostItem",
    "CostTable",
    "CouponChoice",
    "Instalment",
    "Loan",
    "LoanState",
    "Terms",
    "Trial",
    "apply",
    "book_used_coupons",
    "coupons_for",
    "plan",
    "post_entries",
    "read",
    "settle",
    "trial",
]
