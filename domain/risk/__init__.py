"""Who may go on: rules over signals, lists, and what waits for time, a code or an operator."""

from domain.risk.admit import admit
from domain.risk.catalogue import catalogue
from domain.risk.decide import decide
from domain.risk.definition import Action
from domain.risk.kind import RISK_RULES
from domain.risk.subjects import Attempt, Origin, hide_subjects_behind

__all__ = [
    "RISK_RULES",
    "Action",
    "Attempt",
    "Origin",
    "admit",
    "catalogue",
    "decide",
    "hide_subjects_behind",
]
