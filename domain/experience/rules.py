"""Which level a balance reaches, and what makes a level table impossible. Pure."""

from bisect import bisect_right

from domain.experience.definition import Level, LevelTable
from kit.errors import Fault


def faults_of(table: LevelTable) -> list[Fault]:
    """Everything wrong with `table`: ranks count up from 0, thresholds rise from 0."""
    faults: list[Fault] = []
    before = -1
    for place, level in enumerate(table.levels):
        path = f"levels[{place}]"
        if level.rank != place:
            faults.append(Fault(f"{path}.rank", "level_table.rank", f"ranks count up from 0: {place} is expected here"))
        if place == 0 and level.threshold != 0:
            faults.append(Fault(f"{path}.threshold", "level_table.first_threshold", "the first level begins at 0"))
        elif level.threshold <= before:
            faults.append(Fault(f"{path}.threshold", "level_table.threshold", "must exceed the one before"))
        before = level.threshold
    return faults


def thresholds(table: LevelTable) -> list[int]:
    """The thresholds, in order of rank."""
    return [level.threshold for level in table.levels]


def level_at(table: LevelTable, balance: int) -> Level:
    """The level of `balance`; a negative balance is on the first."""
    return table.levels[max(bisect_right(thresholds(table), balance) - 1, 0)]


def level_after(table: LevelTable, level: Level) -> Level | None:
    """The next level up, None on the highest."""
    return table.levels[level.rank + 1] if level.rank + 1 < len(table.levels) else None
