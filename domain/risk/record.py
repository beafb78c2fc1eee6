"""What was attempted and decided is written down, in one statement for all of a batch."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from domain.risk.subjects import Attempt
from kit.database import Connection


class Decided(msgspec.Struct, frozen=True):
    """What a rule (None: a list) made of an attempt."""

    attempt: Attempt
    subjects: dict[str, str]
    rule: str | None
    decision: str
    shadow: bool
    passed: bool
    signals: dict[str, Any]


class Made(msgspec.Struct, frozen=True):
    """An attempt by a subject that live rules count by."""

    subject: str
    attempt: Attempt
    passed: bool


async def record(
    connection: Connection, decided: Sequence[Decided], made: Sequence[Made], version: int, now: datetime
) -> None:
    """Nothing is asked where there is nothing to write."""
    if not decided and not made:
        return
    await connection.execute(
        """WITH made AS (
             INSERT INTO risk_attempt (subject, customer_id, action, passed, at)
             SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bool[], $5::timestamptz[]))
           INSERT INTO risk_decision (customer_id, action, rule, decision, shadow, passed, signals, subjects, version,
                                      at)
           SELECT t.*, $14, $15 FROM unnest($6::bigint[], $7::text[], $8::text[], $9::text[], $10::bool[], $11::bool[],
                                            $12::jsonb[], $13::jsonb[]) AS t""",
        [one.subject for one in made],
        [one.attempt.customer_id for one in made],
        [one.attempt.action for one in made],
        [one.passed for one in made],
        [one.attempt.origin.at for one in made],
        [one.attempt.customer_id for one in decided],
        [one.attempt.action for one in decided],
        [one.rule for one in decided],
        [one.decision for one in decided],
        [one.shadow for one in decided],
        [one.passed for one in decided],
        [_text(one.signals) for one in decided],
        [_text(one.subjects) for one in decided],
        version,
        now,
    )


def _text(value: dict[str, Any]) -> str:
    return msgspec.json.encode(value).decode()
