"""Before a campaign meets its customers: what belongs to it, and whether it is ready."""

from domain.launches.checklist import Checklist, checklist, may_launch
from domain.launches.contents import Contents, belonging, contents
from domain.launches.forbidden_words import FORBIDDEN_WORDS, ForbiddenWords
from domain.launches.rules import Item

__all__ = [
    "FORBIDDEN_WORDS",
    "Checklist",
    "Contents",
    "ForbiddenWords",
    "Item",
    "belonging",
    "checklist",
    "contents",
    "may_launch",
]
