"""Whoever has the customer's phone answers a challenge; then the action may be repeated."""

import hmac
from datetime import datetime

from domain.risk.send_code import CODE_LIVES, code_digest, hold_of_token
from domain.risk.states import ANSWERED_FOR, HoldState
from kit import clock, database
from kit.database import Record
from kit.errors import RuleViolated

TRIES = 5


async def answer_challenge(token: str, code: str) -> datetime:
    """Clear it; returns until when the action goes through. A code holds for five minutes and five tries. Answering
    again what was answered changes nothing.

    Raises `NotFound` (`risk.no_challenge`), `RuleViolated` (`risk.wrong_code`). Locks the customer.
    """
    now = clock.now()
    async with database.transaction() as connection:
        hold = await hold_of_token(connection, token)
        until: datetime = hold["until"]
        right = _is_right(hold, code, now)
        if hold["state"] == HoldState.WAITING and right:
            until = now + ANSWERED_FOR
            await connection.execute(
                "UPDATE risk_hold SET state = $2, until = $3, decided_at = $4 WHERE id = $1",
                hold["id"],
                str(HoldState.CLEARED),
                until,
                now,
            )
        elif not right:
            await connection.execute("UPDATE risk_hold SET tries = least(tries + 1, 100) WHERE id = $1", hold["id"])
    if not right:
        raise RuleViolated("risk.wrong_code", "验证码不正确或已失效")
    return until


def _is_right(hold: Record, code: str, now: datetime) -> bool:
    if hold["code_hash"] is None or hold["tries"] >= TRIES or hold["code_sent_at"] + CODE_LIVES <= now:
        return False
    return hmac.compare_digest(hold["code_hash"], code_digest(hold["id"], code))
