"""Coupons: issued once, exactly within their caps, and moved through their states one recorded step at a time."""

from domain.coupons.ask_opening import OpeningReminder, ask_opening
from domain.coupons.catalogue import catalogue, template_cost_fen, template_exists, template_name
from domain.coupons.claim_offer import ClaimedCoupon, OfferClaim, claim_offer
from domain.coupons.costs import budget_source, cost_of, hold_budgets
from domain.coupons.coupon import Coupon
from domain.coupons.definition import CouponKind, CouponTemplate, CouponValue, DynamicValidity
from domain.coupons.expire import expire
from domain.coupons.give_back import give_back
from domain.coupons.issue import Issued, IssueFailure, IssueOrder, issue
from domain.coupons.issue_set import SetOrder, SetOutcome, issue_set
from domain.coupons.kind import TEMPLATES
from domain.coupons.occupy import occupy
from domain.coupons.offer_rules import Left, OfferState, validity_text
from domain.coupons.offers import Offer, offers
from domain.coupons.queries import CouponRecord, Step, held, of_customer, owners, read, wallet
from domain.coupons.redeem import redeem
from domain.coupons.release import release
from domain.coupons.remind_expiring import remind_expiring
from domain.coupons.remind_opening import remind_opening
from domain.coupons.rules import Use, why_not_together, why_not_valid, why_unusable
from domain.coupons.states import CouponState
from domain.coupons.template import Template
from domain.coupons.texts import use_rules
from domain.coupons.void import NotVoided, void
from domain.coupons.watch_stock import watch_stock

__all__ = [
    "TEMPLATES",
    "ClaimedCoupon",
    "Coupon",
    "CouponKind",
    "CouponRecord",
    "CouponState",
    "CouponTemplate",
    "CouponValue",
    "DynamicValidity",
    "IssueFailure",
    "IssueOrder",
    "Issued",
    "Left",
    "NotVoided",
    "Offer",
    "OfferClaim",
    "OfferState",
    "OpeningReminder",
    "SetOrder",
    "SetOutcome",
    "Step",
    "Template",
    "Use",
    "ask_opening",
    "budget_source",
    "catalogue",
    "claim_offer",
    "cost_of",
    "expire",
    "give_back",
    "held",
    "hold_budgets",
    "issue",
    "issue_set",
    "occupy",
    "of_customer",
    "offers",
    "owners",
    "read",
    "redeem",
    "release",
    "remind_expiring",
    "remind_opening",
    "template_cost_fen",
    "template_exists",
    "template_name",
    "use_rules",
    "validity_text",
    "void",
    "wallet",
    "watch_stock",
    "why_not_together",
    "why_not_valid",
    "why_unusable",
]
