"""The code that answers a challenge goes to the phone the bank reaches the customer by."""

import secrets
from datetime import datetime, timedelta

import msgspec

from domain import customers, ports
from domain.risk.states import HoldState
from domain.risk.subjects import digest
from kit import clock, database
from kit.database import Connection, Record
from kit.errors import Conflict, NotFound, RuleViolated, Unavailable
from kit.masking import mask_phone

CODE_LIVES = timedelta(minutes=5)
BETWEEN_CODES = timedelta(seconds=60)


class CodeSent(msgspec.Struct, frozen=True):
    """Until when the code holds, and the masked phone it went to."""

    expires_at: datetime
    phone: str


async def send_code(token: str) -> CodeSent:
    """Send a six-digit code. One a minute; a new one takes the place of the one before.

    Raises `NotFound` (`risk.no_challenge`), `Conflict` (`risk.code_just_sent`), `RuleViolated` (`risk.no_phone`),
    `Unavailable`. Locks the customer.
    """
    phone = await _phone_of(token)
    now, code = clock.now(), f"{secrets.randbelow(10**6):06d}"
    async with database.transaction() as connection:
        hold = await hold_of_token(connection, token)
        if hold["state"] != HoldState.WAITING:
            raise no_challenge()
        if hold["code_sent_at"] is not None and now < hold["code_sent_at"] + BETWEEN_CODES:
            raise Conflict("risk.code_just_sent", "验证码刚刚发送，请一分钟后再试")
        await connection.execute(
            "UPDATE risk_hold SET code_hash = $2, code_sent_at = $3, tries = 0 WHERE id = $1",
            hold["id"],
            code_digest(hold["id"], code),
            now,
        )
    try:
        text = f"【信用卡中心】您的验证码是{code},5分钟内有效，请勿告诉他人。"
        await ports.get().sms.send(phone, text, f"risk-code-{hold['id']}-{now.timestamp():.0f}")
    except ports.Refused:
        raise RuleViolated("risk.no_phone", "您在银行登记的手机号收不到短信，请联系客服") from None
    except ports.NoAnswer:
        raise Unavailable("sms.no_answer", "短信暂时发不出去，请稍后再试") from None
    return CodeSent(now + CODE_LIVES, mask_phone(phone))


async def _phone_of(token: str) -> str:
    customer_no = await database.fetchval(
        """SELECT c.customer_no FROM risk_hold h JOIN customer c ON c.id = h.customer_id AND c.erased_at IS NULL
           WHERE h.token = $1 AND h.state = 'waiting' AND h.until > $2""",
        token,
        clock.now(),
    )
    if customer_no is None:
        raise no_challenge()
    try:
        phone = await ports.get().card_core.phone_of(customer_no)
    except (ports.NoAnswer, ports.Refused):
        raise Unavailable("partner.no_answer", "银行系统暂时没有应答，请稍后再试") from None
    if phone is None:
        raise RuleViolated("risk.no_phone", "您在银行没有登记手机号，请联系客服")
    return phone


async def hold_of_token(connection: Connection, token: str) -> Record:
    """A challenge that is not over, under its customer's lock. Raises `NotFound` (`risk.no_challenge`)."""
    customer_id = await connection.fetchval("SELECT customer_id FROM risk_hold WHERE token = $1", token)
    await customers.lock(connection, [customer_id] if customer_id is not None else [])
    hold = await connection.fetchrow(
        """SELECT id, state, until, code_hash, code_sent_at, tries FROM risk_hold
           WHERE token = $1 AND state IN ('waiting', 'cleared') AND until > $2""",
        token,
        clock.now(),
    )
    if hold is None:
        raise no_challenge()
    return hold


def code_digest(hold_id: int, code: str) -> str:
    """What is kept of a code."""
    return digest("code", f"{hold_id}:{code}")


def no_challenge() -> NotFound:
    """There is no such challenge, or none any more."""
    return NotFound("risk.no_challenge", "验证已失效，请重新操作")
