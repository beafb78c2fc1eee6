"""Tables only, one file per aggregate; migrations in `models.migrations`. No decisions."""

from models.benefit import BenefitCode, BenefitGrant, BenefitMove, BenefitStock, CodeShowing
from models.budget import Budget, BudgetDay, BudgetEntry, BudgetPot, LowWarning
from models.compensation import Compensation
from models.configuration import Configuration, Revision
from models.coupon import Coupon, CouponDay, CouponMove, CouponStock, ExpiryReminder, OfferReminder
from models.coupon_issue import AudienceFile, AudienceFileSet, CouponIssue, CouponIssueSet
from models.customer import BindingCode, Customer, CustomerSession, Identity, SpentTicket
from models.event import Event, PartnerNonce, SuspendedEvent
from models.experience import ExperienceAccount, ExperienceEntry, LevelGift, LevelMove
from models.intake import DailyFile, ParkedMessage
from models.loan import AccountingEntry, Loan
from models.message import Message
from models.operator import Operator, OperatorSession
from models.outbox import OutboxEntry
from models.reward import Debt, DebtPayment, Grant
from models.task import Claim, ClaimMove, TaskOffer, TaskPlaces

__all__ = [
    "AccountingEntry",
    "AudienceFile",
    "AudienceFileSet",
    "BenefitCode",
    "BenefitGrant",
    "BenefitMove",
    "BenefitStock",
    "BindingCode",
    "Budget",
    "BudgetDay",
    "BudgetEntry",
    "BudgetPot",
    "Claim",
    "ClaimMove",
    "CodeShowing",
    "Compensation",
    "Configuration",
    "Coupon",
    "CouponDay",
    "CouponIssue",
    "CouponIssueSet",
    "CouponMove",
    "CouponStock",
    "Customer",
    "CustomerSession",
    "DailyFile",
    "Debt",
    "DebtPayment",
    "Event",
    "ExperienceAccount",
    "ExperienceEntry",
    "ExpiryReminder",
    "Grant",
    "Identity",
    "LevelGift",
    "LevelMove",
    "Loan",
    "LowWarning",
    "Message",
    "OfferReminder",
    "Operator",
    "OperatorSession",
    "OutboxEntry",
    "ParkedMessage",
    "PartnerNonce",
    "Revision",
    "SpentTicket",
    "SuspendedEvent",
    "TaskOffer",
    "TaskPlaces",
]
