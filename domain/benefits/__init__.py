"""Benefits: vouchers, memberships, lounges … of suppliers; granted once, redeemed by their owner, taken back unused."""

from domain.benefits.catalogue import benefit_cost_fen, benefit_exists, benefit_name, catalogue
from domain.benefits.codes import keep_codes_in
from domain.benefits.costs import budget_source, cost_of, hold_budgets
from domain.benefits.definition import BenefitDefinition, BenefitKind, SupplierDefinition
from domain.benefits.expire import expire
from domain.benefits.import_codes import Imported, import_codes
from domain.benefits.issue import Issued, IssueFailure, IssueOrder, issue
from domain.benefits.kind import BENEFITS, SUPPLIERS
from domain.benefits.queries import BenefitGrant, grant_of, grants_of
from domain.benefits.redeem import Redeemed, redeem
from domain.benefits.states import GrantState
from domain.benefits.void import NotVoided, void
from domain.benefits.watch_stock import watch_stock

__all__ = [
    "BENEFITS",
    "SUPPLIERS",
    "BenefitDefinition",
    "BenefitGrant",
    "BenefitKind",
    "GrantState",
    "Imported",
    "IssueFailure",
    "IssueOrder",
    "Issued",
    "NotVoided",
    "Redeemed",
    "SupplierDefinition",
    "benefit_cost_fen",
    "benefit_exists",
    "benefit_name",
    "budget_source",
    "catalogue",
    "cost_of",
    "expire",
    "grant_of",
    "grants_of",
    "hold_budgets",
    "import_codes",
    "issue",
    "keep_codes_in",
    "redeem",
    "void",
    "watch_stock",
]
