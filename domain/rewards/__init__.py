"""What a completion earns: granted once, settled when due, taken back once; what was used by then is owed."""

from domain.rewards.claw_back import claw_back
from domain.rewards.debts import Debt, debts
from domain.rewards.follow_benefits import note_failed
from domain.rewards.follow_coupons import note_used, take_released
from domain.rewards.give_gifts import give_gifts
from domain.rewards.given import given
from domain.rewards.grant import grant, settle_due
from domain.rewards.owed import OwnDebt, owed
from domain.rewards.write_off import write_off

__all__ = [
    "Debt",
    "OwnDebt",
    "claw_back",
    "debts",
    "give_gifts",
    "given",
    "grant",
    "note_failed",
    "note_used",
    "owed",
    "settle_due",
    "take_released",
    "write_off",
]
