"""Every kind of configuration operators may write."""

from domain.approvals import Kind
from domain.coupons import TEMPLATES
from domain.experience import LEVEL_TABLES
from domain.messages import MESSAGE_TEMPLATES
from domain.tasks import TASKS

KINDS: tuple[Kind, ...] = (TASKS, TEMPLATES, LEVEL_TABLES, MESSAGE_TEMPLATES)
