"""Which level a customer holds, until when, and what makes a level table impossible. Pure: the time is an argument."""

from bisect import bisect_right
from calendar import monthrange
from datetime import date, datetime

import msgspec

from domain.experience.definition import Level, LevelTable, Validity
from kit import clock
from kit.errors import Fault


class Account(msgspec.Struct, frozen=True):
    """What levels are judged by. `earned` is the experience of the present period, which lasts from `begins` to `ends`;
    above `cap` (set by a fall) a level is reached only by what keeps it. `day` is the day of the month on which the
    first period began. What was `spent` is gone from the balance, but was earned all the same: spending costs no level.
    """

    balance: int
    rank: int
    cap: int | None = None
    begins: datetime | None = None
    ends: datetime | None = None
    earned: int = 0
    day: int | None = None
    spent: int = 0

    @property
    def ever(self) -> int:
        """What levels are reached by: all that was earned and not taken back."""
        return self.balance + self.spent

    @property
    def period(self) -> str:
        """The period's name: the day it began, or `lifetime` where there are none."""
        return clock.business_day(self.begins).isoformat() if self.begins else "lifetime"


class Move(msgspec.Struct, frozen=True):
    """The level changed (or was renewed): `rise`, `fall`, `renew` or `clawback`."""

    before: int
    after: int
    reason: str
    at: datetime
    period: str


def opened(table: LevelTable, account: Account, now: datetime) -> Account:
    """The account with the period it is in, if the table has periods and it was in none."""
    if table.validity is None:
        return msgspec.structs.replace(account, cap=None, begins=None, ends=None, earned=0, day=None)
    if account.ends is not None:
        return account
    begins = period_start(table.validity, now)
    day = clock.business_day(begins).day
    return msgspec.structs.replace(account, begins=begins, ends=period_end(table.validity, begins, day), day=day)


def turned(table: LevelTable, account: Account, now: datetime) -> tuple[Account, list[Move]]:
    """The account once every period that has ended by `now` is judged, one after the other."""
    account = opened(table, account, now)
    moves: list[Move] = []
    while table.validity is not None and account.ends is not None and account.ends <= now:
        after = _judged(table, account)
        if account.rank > 0:
            reason = "renew" if after == account.rank else "fall"
            moves.append(Move(account.rank, after, reason, account.ends, account.period))
        account = msgspec.structs.replace(
            account,
            rank=after,
            cap=after if after < account.rank else account.cap,
            begins=account.ends,
            ends=period_end(table.validity, account.ends, account.day),
            earned=0,
        )
    return account, moves


def _judged(table: LevelTable, account: Account) -> int:
    """The level after the end of a period."""
    held = min(account.rank, len(table.levels) - 1)
    if _kept(table.levels[held], account.earned):
        return held
    below = range(held - 1, -1, -1)
    if table.fall == "one":
        return below[0]
    return next((rank for rank in below if _kept(table.levels[rank], account.earned)), 0)


def _kept(level: Level, earned: int) -> bool:
    return level.rank == 0 or level.keep is None or earned >= level.keep


def earned(table: LevelTable, account: Account, amount: int, now: datetime) -> tuple[Account, list[Move]]:
    """The account after `amount` was earned (or, below zero, taken back) at `now`."""
    account, moves = turned(table, account, now)
    in_period = account.earned + amount if account.ends is not None else 0
    account = msgspec.structs.replace(account, balance=account.balance + amount, earned=in_period)
    rank = reached(table, account.ever, account.cap, account.earned)
    if rank != account.rank:
        reason = "rise" if rank > account.rank else "clawback"
        moves.append(Move(account.rank, rank, reason, now, account.period))
        cap = None if account.cap is None else max(account.cap, rank)
        account = msgspec.structs.replace(account, rank=rank, cap=cap)
    return account, moves


def reached(table: LevelTable, balance: int, cap: int | None = None, earned: int = 0) -> int:
    """The highest level of `balance`; one above `cap` has to be kept already, and no level is skipped."""
    rank = 0
    for level in table.levels[1:]:
        if balance < level.threshold or (cap is not None and level.rank > cap and not _kept(level, earned)):
            break
        rank = level.rank
    return rank


def missing_for(level: Level, account: Account) -> int:
    """What `level` still asks for: of what was ever earned, and above a cap of the experience earned in the period."""
    missing = level.threshold - account.ever
    if account.cap is not None and level.rank > account.cap:
        missing = max(missing, (level.keep or 0) - account.earned)
    return max(0, missing)


def period_start(validity: Validity, now: datetime) -> datetime:
    """The day, or the year, of `now` in Shanghai."""
    day = clock.business_day(now)
    return clock.start_of_day(date(day.year, 1, 1) if validity.until else day)


def period_end(validity: Validity, begins: datetime, first_day: int | None = None) -> datetime:
    """When a period that began at `begins` ends: on the day of the month on which the first one began, in a shorter
    month on its last day.
    """
    day = clock.business_day(begins)
    if validity.months is None:
        return clock.start_of_day(date(day.year + 1, 1, 1))
    years, month = divmod(day.month - 1 + validity.months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return clock.start_of_day(date(day.year + years, month + 1, min(first_day or day.day, last)))


def faults_of(table: LevelTable) -> list[Fault]:
    """Everything wrong with `table`: ranks count up from 0, thresholds rise from 0, what is kept needs periods."""
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
        faults += _level_faults(table, level, place, path)
    if table.validity is not None and (table.validity.months is None) == (table.validity.until is None):
        faults.append(Fault("validity", "level_table.validity", "exactly one of months and until"))
    return faults


def _level_faults(table: LevelTable, level: Level, place: int, path: str) -> list[Fault]:
    faults: list[Fault] = []
    if place == 0 and level.keep is not None:
        faults.append(Fault(f"{path}.keep", "level_table.first_level", "nobody falls from the first level"))
    elif level.keep is not None and table.validity is None:
        faults.append(Fault(f"{path}.keep", "level_table.keep", "needs a validity: within what is it to be earned?"))
    if place == 0 and level.gifts:
        faults.append(Fault(f"{path}.gifts", "level_table.first_level", "nobody rises to the first level"))
    if place == 0 and level.standing:
        detail = "nobody reaches the first level: who never earned anything has no account yet"
        faults.append(Fault(f"{path}.standing", "level_table.first_level", detail))
    if len(set(level.standing)) < len(level.standing):
        faults.append(Fault(f"{path}.standing", "level_table.repeated", "names a benefit twice"))
    for number, gift in enumerate(level.gifts):
        given = [name for name in ("experience", "coupon", "benefit") if getattr(gift, name) is not None]
        if len(given) != 1:
            detail = "exactly one of experience, coupon, benefit"
            faults.append(Fault(f"{path}.gifts[{number}]", "level_table.unclear_gift", detail))
    return faults


def thresholds(table: LevelTable) -> list[int]:
    """The thresholds, in order of rank."""
    return [level.threshold for level in table.levels]


def level_at(table: LevelTable, balance: int) -> Level:
    """The level of `balance` where nobody ever fell; a negative balance is on the first."""
    return table.levels[max(bisect_right(thresholds(table), balance) - 1, 0)]


def level_after(table: LevelTable, level: Level) -> Level | None:
    """The next level up, None on the highest."""
    return table.levels[level.rank + 1] if level.rank + 1 < len(table.levels) else None
