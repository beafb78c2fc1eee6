"""Every kind of configuration operators may write."""

from dataclasses import replace

from domain.approvals import APPROVAL_LIMITS, Kind
from domain.audiences import AUDIENCES
from domain.benefits import BENEFITS, SUPPLIERS
from domain.campaigns import CAMPAIGNS
from domain.compensations import COMPENSATION_LIMITS
from domain.coupons import TEMPLATES
from domain.experience import LEVEL_TABLES
from domain.journeys import JOURNEYS
from domain.launches import FORBIDDEN_WORDS, may_launch
from domain.loan_products import LOAN_PRODUCTS
from domain.messages import MESSAGE_POLICIES, MESSAGE_TEMPLATES
from domain.risk import RISK_RULES
from domain.tags import TAGS
from domain.tasks import MCC_EXCLUSIONS, TASKS

KINDS: tuple[Kind, ...] = (
    TASKS,
    JOURNEYS,
    replace(CAMPAIGNS, may_launch=may_launch),
    AUDIENCES,
    TEMPLATES,
    LEVEL_TABLES,
    LOAN_PRODUCTS,
    SUPPLIERS,
    BENEFITS,
    MESSAGE_TEMPLATES,
    MESSAGE_POLICIES,
    MCC_EXCLUSIONS,
    TAGS,
    COMPENSATION_LIMITS,
    APPROVAL_LIMITS,
    FORBIDDEN_WORDS,
    RISK_RULES,
)
