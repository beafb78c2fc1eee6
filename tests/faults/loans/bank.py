"""How the bank fails: every call of ours to its core loses its answer, before and after the work, in every way."""

import asyncio
from collections import Counter
from itertools import product
from random import Random

from tests.faults.loans.house import LoanHouse

CALLS = (
    "/card-core/customers",
    "/card-core/loan-trials",
    "/card-core/loans",
    "/card-core/loans/L",  # query and plan, not the application
    "/plan",
    "/card-core/accounting-entries",
    "/card-core/accounting-reversals",
)
LOSSES = ("connection_reset", "http_500", "html", "timeout")
MOMENTS = ("", "_after_work")
DECISIONS = ("disburse", "disburse", "disburse", "decline", "silent", "undecided")
_FASTER = 25.0
"""Business time runs faster by so many seconds each second: who waits to ask again shall not wait long."""


async def fail(house: LoanHouse, rounds: int, chance: Random) -> Counter[str]:
    """Arm each loss of each call `rounds` times, in an order drawn by lot; returns how often each call was hit."""
    losses = [one for one in product(CALLS, LOSSES, MOMENTS) for _ in range(rounds)]
    chance.shuffle(losses)
    armed: Counter[str] = Counter()
    for call, loss, moment in losses:
        wanted = {"service": "card_core", "fault": loss + moment, "times": 1, "path": call}
        (await house.tell_bank("faults", wanted)).raise_for_status()
        armed[f"{call}{' after' if moment else ' before'}"] += 1
        await asyncio.sleep(chance.uniform(0.1, 0.3))
    return armed


async def decide(house: LoanHouse, chance: Random) -> None:
    """Change its mind about the next applications, again and again, until cancelled."""
    while True:
        await house.tell_bank("card-core/decisions", {"next": chance.choice(DECISIONS), "times": chance.randint(1, 3)})
        await asyncio.sleep(chance.uniform(0.2, 0.8))


async def hurry(house: LoanHouse) -> None:
    """Let business time run, until cancelled."""
    while True:
        await asyncio.sleep(0.4)
        house.move_clock(0.4 * _FASTER)


async def be_good(house: LoanHouse) -> None:
    """Everything works again."""
    (await house.tell_bank("faults", method="DELETE")).raise_for_status()
    (await house.tell_bank("card-core/decisions", {"next": "disburse"})).raise_for_status()


async def unused_losses(house: LoanHouse) -> int:
    """How many armed losses nobody has met yet."""
    return len((await house.tell_bank("faults", method="GET")).json()["items"])
