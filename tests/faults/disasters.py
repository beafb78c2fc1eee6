"""What befalls the house, in an order drawn by lot."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from random import Random

import redis.asyncio as aioredis

from tests.faults.delivery import Pace
from tests.faults.house import House
from tests.faults.processes import Process

_LONGEST_PAUSE_S = 1.0
_DOWN_S = 0.5


@dataclass(frozen=True)
class Disasters:
    """How many of each."""

    kills: int
    crashes: int
    losses: int
    freezes: int

    def in_order(self, chance: Random) -> list[str]:
        """All of them, shuffled; a loss is Valkey's, by a crash or by FLUSHALL."""
        losses = [chance.choice(["valkey", "flush"]) for _ in range(self.losses)]
        drawn = ["kill"] * self.kills + ["postgres"] * self.crashes + ["freeze"] * self.freezes + losses
        chance.shuffle(drawn)
        return drawn


async def befall(house: House, disasters: list[str], chance: Random, pace: Pace | None = None) -> Counter[str]:
    """Let them happen one after the other; returns how many of each there were."""
    happened: Counter[str] = Counter()
    for disaster in disasters:
        if pace is not None:
            await pace.may_befall()
        await asyncio.sleep(chance.uniform(0.05, _LONGEST_PAUSE_S))
        await _befall(house, disaster, chance)
        happened[disaster] += 1
        if pace is not None:
            await pace.befallen()
    return happened


async def _befall(house: House, disaster: str, chance: Random) -> None:
    if disaster == "postgres":
        await house.crash_postgres(chance.uniform(0.0, _DOWN_S))
    elif disaster == "valkey":
        await house.crash_valkey(chance.uniform(0.0, _DOWN_S))
    elif disaster == "flush":
        async with aioredis.from_url(house.valkey.url) as client:
            await client.flushall()
    elif disaster == "freeze":
        await chance.choice(await _alive(house)).freeze(chance.uniform(0.5, _LONGEST_PAUSE_S))
    else:
        chance.choice(await _alive(house)).kill()


async def _alive(house: House) -> list[Process]:
    while True:
        alive = [process for process in house.processes if process.exit_code is None]
        if alive:
            return alive
        await asyncio.sleep(0.05)
