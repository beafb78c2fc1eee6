"""Experience: entries that only ever add up, the account that sums them, and the level reached with it."""

from domain.experience.add import Earning, add
from domain.experience.catalogue import catalogue
from domain.experience.definition import Level, LevelTable
from domain.experience.give_back import give_back
from domain.experience.hold_standing import hold_standing
from domain.experience.kind import LEVEL_TABLES
from domain.experience.queries import Entry, Keep, LevelChange, Standing, changes, entries, ranks, standing
from domain.experience.review import review
from domain.experience.spend import Spending, balances, spend
from domain.experience.sweep_standing import sweep_standing

__all__ = [
    "LEVEL_TABLES",
    "Earning",
    "Entry",
    "Keep",
    "Level",
    "LevelChange",
    "LevelTable",
    "Spending",
    "Standing",
    "add",
    "balances",
    "catalogue",
    "changes",
    "entries",
    "give_back",
    "hold_standing",
    "ranks",
    "review",
    "spend",
    "standing",
    "sweep_standing",
]
