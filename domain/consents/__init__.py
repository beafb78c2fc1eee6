"""What customers agreed to: decisions that are only ever added to, the latest of each purpose counts."""

from domain.consents.carry_over import carry_over
from domain.consents.documents import DOCUMENTS, Document
from domain.consents.granted import granted
from domain.consents.purpose import Decision, Purpose
from domain.consents.queries import Standing, standings
from domain.consents.record import record

__all__ = [
    "DOCUMENTS",
    "Decision",
    "Document",
    "Purpose",
    "Standing",
    "carry_over",
    "granted",
    "record",
    "standings",
]
