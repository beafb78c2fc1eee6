"""Tables only, one file per aggregate; migrations in `models.migrations`. No decisions."""

from models.audience import Audience, AudienceMember, AudiencePiece, AudienceSnapshot, AudienceSnapshotPiece
from models.audit import AuditAnchor, AuditEntry
from models.benefit import BenefitCode, BenefitGrant, BenefitMove, BenefitStock, CodeShowing
from models.budget import Budget, BudgetDay, BudgetEntry, BudgetPot, LowWarning
from models.campaign_list import TrialList
from models.compensation import Compensation
from models.configuration import Configuration, ConfigurationMove, Revision
from models.consent import Consent
from models.coupon import Coupon, CouponDay, CouponMove, CouponStock, ExpiryReminder, OfferReminder
from models.coupon_issue import AudienceFile, AudienceFileSet, CouponIssue, CouponIssueSet
from models.customer import BindingCode, Customer, CustomerSession, Identity, SpentTicket, WebSignIn
from models.delivery import Delivery, DeliveryMove, DeliveryReceipt, SendGate, SmsReply, Subscription
from models.event import Event, PartnerNonce, SuspendedEvent
from models.exchange import Exchange
from models.experience import ExperienceAccount, ExperienceEntry, LevelGift, LevelMove, StandingBenefit
from models.exports import Export, ExportDownload, ExportPiece
from models.forecast import Forecast, ForecastClaim
from models.imports import ImportFault, ImportFile, ImportPart
from models.intake import DailyFile, ParkedMessage
from models.journey import JourneyDay, JourneyPath, JourneyRun
from models.loan import AccountingEntry, Loan, LoanCoupon, LoanDiscrepancy, LoanMove
from models.message import Message
from models.operator import Branch, Operator, OperatorSession, Reveal
from models.outbox import OutboxEntry
from models.personal_data import AccountDeletion, DataExport
from models.reconciliation import InvariantCheck
from models.reward import Debt, DebtPayment, Grant
from models.risk import RiskAttempt, RiskDecision, RiskHold, RiskListEntry, RiskSubject
from models.statistics import Counted, CountingMark, Figure
from models.supplier import (
    SupplierDifference,
    SupplierFile,
    SupplierGate,
    SupplierRecord,
    SupplierRequest,
    SupplierUsage,
)
from models.tag import TagState, TagValue
from models.task import Claim, ClaimMove, TaskOffer, TaskPlaces, TaskSeen
from models.wechat import WeChatCallback, WeChatFollower

__all__ = [
    "AccountDeletion",
    "AccountingEntry",
    "Audience",
    "AudienceFile",
    "AudienceFileSet",
    "AudienceMember",
    "AudiencePiece",
    "AudienceSnapshot",
    "AudienceSnapshotPiece",
    "AuditAnchor",
    "AuditEntry",
    "BenefitCode",
    "BenefitGrant",
    "BenefitMove",
    "BenefitStock",
    "BindingCode",
    "Branch",
    "Budget",
    "BudgetDay",
    "BudgetEntry",
    "BudgetPot",
    "Claim",
    "ClaimMove",
    "CodeShowing",
    "Compensation",
    "Configuration",
    "ConfigurationMove",
    "Consent",
    "Counted",
    "CountingMark",
    "Coupon",
    "CouponDay",
    "CouponIssue",
    "CouponIssueSet",
    "CouponMove",
    "CouponStock",
    "Customer",
    "CustomerSession",
    "DailyFile",
    "DataExport",
    "Debt",
    "DebtPayment",
    "Delivery",
    "DeliveryMove",
    "DeliveryReceipt",
    "Event",
    "Exchange",
    "ExperienceAccount",
    "ExperienceEntry",
    "ExpiryReminder",
    "Export",
    "ExportDownload",
    "ExportPiece",
    "Figure",
    "Forecast",
    "ForecastClaim",
    "Grant",
    "Identity",
    "ImportFault",
    "ImportFile",
    "ImportPart",
    "InvariantCheck",
    "JourneyDay",
    "JourneyPath",
    "JourneyRun",
    "LevelGift",
    "LevelMove",
    "Loan",
    "LoanCoupon",
    "LoanDiscrepancy",
    "LoanMove",
    "LowWarning",
    "Message",
    "OfferReminder",
    "Operator",
    "OperatorSession",
    "OutboxEntry",
    "ParkedMessage",
    "PartnerNonce",
    "Reveal",
    "Revision",
    "RiskAttempt",
    "RiskDecision",
    "RiskHold",
    "RiskListEntry",
    "RiskSubject",
    "SendGate",
    "SmsReply",
    "SpentTicket",
    "StandingBenefit",
    "Subscription",
    "SupplierDifference",
    "SupplierFile",
    "SupplierGate",
    "SupplierRecord",
    "SupplierRequest",
    "SupplierUsage",
    "SuspendedEvent",
    "TagState",
    "TagValue",
    "TaskOffer",
    "TaskPlaces",
    "TaskSeen",
    "TrialList",
    "WeChatCallback",
    "WeChatFollower",
    "WebSignIn",
]
