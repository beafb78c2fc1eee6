"""What is known of customers under a name: computed in sets or told by files, asked for by audiences and others."""

from domain.tags.catalogue import catalogue
from domain.tags.definition import TagDefinition, TagTest, Value
from domain.tags.faults import faults, faults_at
from domain.tags.kind import TAGS
from domain.tags.matching import matching
from domain.tags.rules import holds
from domain.tags.values import values

__all__ = [
    "TAGS",
    "TagDefinition",
    "TagTest",
    "Value",
    "catalogue",
    "faults",
    "faults_at",
    "holds",
    "matching",
    "values",
]
