"""Record facts with the change that caused them."""

from collections.abc import Sequence

import msgspec

from domain.facts import Fact
from domain.outbox import registry
from kit import clock
from kit.database import Connection

WAKE_RELAY = "outbox"
_encode = msgspec.json.Encoder().encode


async def record(connection: Connection, facts: Sequence[Fact]) -> None:
    """Run the reactions that must happen at once, store the rest for the relay and wake it at commit."""
    kept: list[Fact] = []
    for kind in dict.fromkeys(type(fact) for fact in facts):
        same = [fact for fact in facts if type(fact) is kind]
        for reaction in registry.at_once(kind):
            await reaction(connection, same)
        if registry.later(kind):
            kept.extend(same)
    if not kept:
        return
    await connection.execute(
        """INSERT INTO outbox (fact, payload, created_at, available_at, attempts)
           SELECT fact, payload::jsonb, $3, $3, 0 FROM unnest($1::text[], $2::text[]) AS t (fact, payload)""",
        [type(fact).__name__ for fact in kept],
        [_encode(fact).decode() for fact in kept],
        clock.now(),
    )
    await connection.execute("SELECT pg_notify($1, '')", WAKE_RELAY)
