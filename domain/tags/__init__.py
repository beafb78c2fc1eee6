"""What is known of customers under a name: computed in sets or told by files, asked for by audiences and others."""

from domain.tags.catalogue import catalogue
from domain.tags.compute_next import compute_next
from domain.tags.definition import TagDefinition, TagTest, Value
from domain.tags.erase import erase
from domain.tags.faults import faults, faults_at
from domain.tags.kind import TAGS
from domain.tags.matching import matching
from domain.tags.queries import Coverage, CustomerTag, TagLine, coverage, of_customer, overview
from domain.tags.rules import holds
from domain.tags.take_values import ValueTold, take_values
from domain.tags.target import import_target
from domain.tags.unsettled import unsettled
from domain.tags.values import values

__all__ = [
    "TAGS",
    "Coverage",
    "CustomerTag",
    "TagDefinition",
    "TagLine",
    "TagTest",
    "Value",
    "ValueTold",
    "catalogue",
    "compute_next",
    "coverage",
    "erase",
    "faults",
    "faults_at",
    "holds",
    "import_target",
    "matching",
    "of_customer",
    "overview",
    "take_values",
    "unsettled",
    "values",
]
