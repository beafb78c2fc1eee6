"""Benefits: vouchers, memberships, lounges … of suppliers; granted once, redeemed by their owner, taken back unused."""

from domain.benefits.catalogue import (
    Benefit,
    Standing,
    Supplier,
    benefit_cost_fen,
    benefit_exists,
    benefit_name,
    catalogue,
    supplier_of,
)
from domain.benefits.codes import keep_codes_in, vault
from domain.benefits.costs import budget_source, cost_of, hold_budgets
from domain.benefits.definition import (
    BenefitDefinition,
    BenefitExchange,
    BenefitKind,
    SupplierApi,
    SupplierDefinition,
)
from domain.benefits.expire import expire
from domain.benefits.fail import fail
from domain.benefits.import_codes import import_codes
from domain.benefits.issue import Issued, IssueFailure, IssueOrder, issue
from domain.benefits.keep_codes import Imported, keep_codes, supplier_of_codes
from domain.benefits.kind import BENEFITS, SUPPLIERS
from domain.benefits.moves import move
from domain.benefits.offers import Offer, offers
from domain.benefits.queries import BenefitGrant, grant_of, grants_of
from domain.benefits.redeem import Redeemed, redeem
from domain.benefits.states import HAD, GrantState
from domain.benefits.void import NotVoided, void, withdraw_requests
from domain.benefits.watch_stock import watch_stock

__all__ = [
    "BENEFITS",
    "HAD",
    "SUPPLIERS",
    "Benefit",
    "BenefitDefinition",
    "BenefitExchange",
    "BenefitGrant",
    "BenefitKind",
    "GrantState",
    "Imported",
    "IssueFailure",
    "IssueOrder",
    "Issued",
    "NotVoided",
    "Offer",
    "Redeemed",
    "Standing",
    "Supplier",
    "SupplierApi",
    "SupplierDefinition",
    "benefit_cost_fen",
    "benefit_exists",
    "benefit_name",
    "budget_source",
    "catalogue",
    "cost_of",
    "expire",
    "fail",
    "grant_of",
    "grants_of",
    "hold_budgets",
    "import_codes",
    "issue",
    "keep_codes",
    "keep_codes_in",
    "move",
    "offers",
    "redeem",
    "supplier_of",
    "supplier_of_codes",
    "vault",
    "void",
    "watch_stock",
    "withdraw_requests",
]
