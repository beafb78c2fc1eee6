"""Gates as rows: one per channel for all workers, so that no number of them sends faster than one may."""

from datetime import datetime

from domain.messages import send_rules
from domain.messages.policy import ChannelLimits
from domain.messages.send_rules import Gate
from kit.database import Connection


async def lock(connection: Connection, channel: str, limits: ChannelLimits, now: datetime) -> Gate:
    """The gate of a channel, made where there is none, held until the end of the transaction."""
    fresh = send_rules.new_gate(limits, now)
    await connection.execute(
        "INSERT INTO send_gate (channel, tokens, at, failures, asked, unanswered, refused)"
        " VALUES ($1, $2, $3, 0, 0, 0, 0) ON CONFLICT DO NOTHING",
        channel,
        fresh.tokens,
        fresh.at,
    )
    row = await connection.fetchrow(
        "SELECT tokens, at, failures, open_until, closed_until FROM send_gate WHERE channel = $1 FOR NO KEY UPDATE",
        channel,
    )
    assert row is not None, "it was made just above"
    return Gate(*row)


async def store(
    connection: Connection, channel: str, gate: Gate, asked: int = 0, unanswered: int = 0, refused: int = 0
) -> None:
    """Write a gate the caller has locked, and count calls that have ended."""
    await connection.execute(
        """UPDATE send_gate SET tokens = $2, at = $3, failures = $4, open_until = $5, closed_until = $6,
                  asked = asked + $7, unanswered = unanswered + $8, refused = refused + $9 WHERE channel = $1""",
        channel,
        gate.tokens,
        gate.at,
        gate.failures,
        gate.open_until,
        gate.closed_until,
        asked,
        unanswered,
        refused,
    )
