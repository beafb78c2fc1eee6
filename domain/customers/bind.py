"""Binding a WeChat identity to a card: by the phone WeChat vouches for, or by a one-time code sent to it."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from domain import consents, outbox, ports
from domain.customers.admit import admit_from_core
from domain.customers.gate import Gate, Newcomer
from domain.customers.profile import lock
from domain.customers.sessions import CustomerSubject, open_session, revoke_of_identity
from domain.customers.sign_in import SignedIn
from domain.facts import IdentityBound
from kit import clock, database
from kit.errors import Conflict, DomainError, RuleViolated, Unavailable

CODE_LIVES = timedelta(minutes=5)
BETWEEN_CODES = timedelta(seconds=60)
ATTEMPTS = 5


async def send_binding_code(subject: CustomerSubject, phone: str) -> datetime:
    """Send a six-digit code to `phone`; returns until when it holds. One a minute.

    Raises `Conflict` (`binding.not_needed`, `binding.code_just_sent`), `RuleViolated` (`binding.wrong_phone`),
    `Unavailable`.
    """
    _unbound_identity(subject)
    now, code = clock.now(), f"{secrets.randbelow(10**6):06d}"
    async with database.transaction() as connection:
        await connection.execute("SELECT FROM customer WHERE id = $1 FOR NO KEY UPDATE", subject.customer_id)
        last = await connection.fetchval(
            "SELECT max(created_at) FROM binding_code WHERE customer_id = $1", subject.customer_id
        )
        if last is not None and now < last + BETWEEN_CODES:
            raise Conflict("binding.code_just_sent", "验证码刚刚发送，请一分钟后再试")
        code_id = await connection.fetchval(
            """INSERT INTO binding_code (customer_id, phone, code_hash, attempts, created_at, expires_at)
               VALUES ($1, $2, $3, 0, $4, $5) RETURNING id""",
            subject.customer_id,
            phone,
            _hash(code),
            now,
            now + CODE_LIVES,
        )
    try:
        text = f"【信用卡中心】您的验证码是{code},5分钟内有效，请勿告诉他人。"
        await ports.get().sms.send(phone, text, f"binding-code-{code_id}")
    except ports.Refused:
        raise RuleViolated("binding.wrong_phone", "这个手机号收不到短信，请核对后再试") from None
    except ports.NoAnswer:
        raise Unavailable("sms.no_answer", "短信暂时发不出去，请稍后再试") from None
    return now + CODE_LIVES


async def bind(
    subject: CustomerSubject,
    card_last4: str,
    *,
    phone_code: str | None,
    otp: str | None,
    hours: int,
    come_back: bool = False,
    gate: Gate | None = None,
) -> SignedIn:
    """Make the WeChat identity of this session belong to the holder of the card; opens the session that follows.

    The visitor's sessions end; what the visitor had decided about consents is the customer's, who never did.
    Raises `Conflict` (`binding.not_needed`), `RuleViolated` (`binding.wrong_code`, `binding.no_such_card`),
    `Forbidden` (`account.erased`) unless its holder says that they `come_back`, `Unavailable`, and what the `gate`
    raises: a code of ours may then be used again, one of WeChat's is spent.
    """
    identity_id = _unbound_identity(subject)
    partners = ports.get()
    try:
        code_id, phone = (
            (None, await _phone_of_wechat(subject, phone_code)) if phone_code else await _spend_code(subject, otp or "")
        )
        holder = await partners.card_core.customer_of_card(phone, card_last4)
    except ports.Refused as refused:
        raise RuleViolated(refused.code, refused.message) from None
    except ports.NoAnswer:
        raise Unavailable("partner.no_answer", "银行系统暂时没有应答，请稍后再试") from None
    if holder is None:
        raise RuleViolated("binding.no_such_card", "手机号与卡号后四位不符，请核对后再试")
    customer_id = await admit_from_core(holder, come_back=come_back)
    if gate is not None:
        await _pass(gate, Newcomer(customer_id, True, await _openid_of(subject), phone), code_id)
    async with database.transaction() as connection:
        await lock(connection, [subject.customer_id, customer_id])
        moved = await connection.fetchval(
            """UPDATE identity SET customer_id = $2, bound_at = $3
               WHERE id = $1 AND customer_id = $4 AND bound_at IS NULL RETURNING id""",
            identity_id,
            customer_id,
            clock.now(),
            subject.customer_id,
        )
        if moved is None:
            raise Conflict("binding.not_needed", "您已经绑定了信用卡")
        await revoke_of_identity(connection, identity_id)
        await consents.carry_over(connection, subject.customer_id, customer_id)
        session_id, expires_at = await open_session(
            connection, customer_id, subject.channel, hours, subject.identity_id
        )
        fact = IdentityBound(identity_id, holder.customer_no, clock.now())
        await outbox.record(connection, [fact])
    return SignedIn(session_id, customer_id, expires_at)


def _unbound_identity(subject: CustomerSubject) -> int:
    if subject.identity_id is None or subject.bound:
        raise Conflict("binding.not_needed", "您已经绑定了信用卡")
    return subject.identity_id


async def _phone_of_wechat(subject: CustomerSubject, phone_code: str) -> str:
    return await ports.get().wechat.phone(phone_code, await _openid_of(subject))


async def _pass(gate: Gate, who: Newcomer, code_id: int | None) -> None:
    """Whoever is kept out may try again with the code they had."""
    try:
        await gate(who)
    except DomainError:
        await database.execute("UPDATE binding_code SET used_at = NULL WHERE id = $1", code_id)
        raise


async def _openid_of(subject: CustomerSubject) -> str:
    openid: str = await database.fetchval("SELECT subject FROM identity WHERE id = $1", subject.identity_id)
    return openid


async def _spend_code(subject: CustomerSubject, otp: str) -> tuple[int, str]:
    """The code's id, and the phone it was sent to. A code holds for five minutes and five attempts, and works once."""
    async with database.transaction() as connection:
        row = await connection.fetchrow(
            """SELECT id, phone, code_hash, attempts FROM binding_code
               WHERE customer_id = $1 AND used_at IS NULL AND expires_at > $2
               ORDER BY id DESC LIMIT 1 FOR UPDATE""",
            subject.customer_id,
            clock.now(),
        )
        right = row is not None and row[3] < ATTEMPTS and hmac.compare_digest(row[2], _hash(otp))
        if row is not None:
            await connection.execute(
                "UPDATE binding_code SET attempts = attempts + 1, used_at = $2 WHERE id = $1",
                row[0],
                clock.now() if right else None,
            )
    if row is None or not right:
        raise RuleViolated("binding.wrong_code", "验证码不正确或已失效")
    return row[0], row[1]


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
