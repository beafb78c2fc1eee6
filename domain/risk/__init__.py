"""Who may go on: rules over signals, lists, and what waits for time, a code or an operator."""

from domain.risk.add_to_list import ROLES, Added, add_to_list
from domain.risk.admit import admit
from domain.risk.answer_challenge import answer_challenge
from domain.risk.catalogue import catalogue
from domain.risk.decide import decide
from domain.risk.decide_review import decide_review
from domain.risk.definition import Action, Decision
from domain.risk.entries import Entry, NewEntry, entries
from domain.risk.forget import forget
from domain.risk.kind import RISK_RULES
from domain.risk.lists import ListName, SubjectKind
from domain.risk.queries import DecisionFilter, RecordedDecision, RuleDay, by_rule_and_day, decisions
from domain.risk.reviews import DECIDERS, Review, reviews
from domain.risk.send_code import CodeSent, send_code
from domain.risk.states import HoldState
from domain.risk.subjects import Attempt, Origin, hide_subjects_behind
from domain.risk.sweep import sweep
from domain.risk.take_list import ListRow, take_list
from domain.risk.take_off_list import take_off_list

__all__ = [
    "DECIDERS",
    "RISK_RULES",
    "ROLES",
    "Action",
    "Added",
    "Attempt",
    "CodeSent",
    "Decision",
    "DecisionFilter",
    "Entry",
    "HoldState",
    "ListName",
    "ListRow",
    "NewEntry",
    "Origin",
    "RecordedDecision",
    "Review",
    "RuleDay",
    "SubjectKind",
    "add_to_list",
    "admit",
    "answer_challenge",
    "by_rule_and_day",
    "catalogue",
    "decide",
    "decide_review",
    "decisions",
    "entries",
    "forget",
    "hide_subjects_behind",
    "reviews",
    "send_code",
    "sweep",
    "take_list",
    "take_off_list",
]
