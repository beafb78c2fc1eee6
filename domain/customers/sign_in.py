"""Signing in: by a ticket of the bank's app, or by a login code of WeChat."""

from datetime import datetime

import msgspec

from domain import ports
from domain.customers.admit import admit, admit_from_core
from domain.customers.gate import Gate, Newcomer
from domain.customers.sessions import open_session
from kit import clock, database
from kit.database import Connection
from kit.errors import Conflict, Forbidden, Unauthenticated, Unavailable

_NOT_THIS_PERSON = ("wechat.risky_user", "wechat.virtual_account")


class SignedIn(msgspec.Struct, frozen=True):
    """A session that was opened."""

    session_id: str
    customer_id: int
    expires_at: datetime


async def sign_in_by_ticket(ticket: str, hours: int, *, come_back: bool = False, gate: Gate | None = None) -> SignedIn:
    """Open a session for the customer the bank's app vouches for. A ticket opens one session, ever.

    Raises `Unauthenticated` (`ticket.*`), `Conflict` (`ticket.used`), `Forbidden` (`account.erased`) unless they say
    that they `come_back`, and what the `gate` raises: that ticket may be used again.
    """
    partners = ports.get()
    try:
        verified = partners.bank_app.verify_ticket(ticket)
    except ports.Refused as refused:
        raise Unauthenticated(refused.code, refused.message) from None
    if await database.fetchval("SELECT 1 FROM spent_ticket WHERE id = $1", verified.ticket_id):
        raise _used()
    customer_id = await _vouched_for(verified.customer_no, come_back)
    if gate is not None:
        await gate(Newcomer(customer_id, bound=True))
    async with database.transaction() as connection:
        spent = await connection.fetchval(
            "INSERT INTO spent_ticket (id, spent_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id",
            verified.ticket_id,
            clock.now(),
        )
        if spent is None:
            raise _used()
        session_id, expires_at = await open_session(connection, customer_id, "bank_app", hours, None)
    return SignedIn(session_id, customer_id, expires_at)


async def ticket_of(code: str) -> str:
    """The ticket behind a one-time code of the bank's app, to sign in by.

    Raises `Unauthenticated` (`ticket.bad_code`), `Unavailable` (`bank_app.no_answer`).
    """
    try:
        return await ports.get().bank_app.exchange_code(code)
    except ports.Refused as refused:
        raise Unauthenticated(refused.code, "登录凭证无效或已使用，请回到银行App重新进入") from None
    except ports.NoAnswer:
        raise Unavailable("bank_app.no_answer", "银行App暂时没有应答，请稍后再试") from None


async def sign_in_by_wechat(channel: str, code: str, hours: int, *, gate: Gate | None = None) -> SignedIn:
    """Open a session for the WeChat identity behind `code`; one never seen becomes a visitor until it is bound.

    Raises `Unauthenticated` (`wechat.bad_code`), `Forbidden` (`wechat.risky_user`, `wechat.virtual_account`),
    `Unavailable`, and what the `gate` raises: that code is spent.
    """
    user = await _user_of(channel, code)
    if gate is not None:
        await gate(await _newcomer(channel, user.openid))
    async with database.transaction() as connection:
        identity_id, customer_id = await _identity(connection, channel, user.openid)
        session_id, expires_at = await open_session(connection, customer_id, channel, hours, identity_id)
    return SignedIn(session_id, customer_id, expires_at)


async def _user_of(channel: str, code: str) -> ports.WeChatUser:
    wechat = ports.get().wechat
    try:
        return await (wechat.web_user(code) if channel == "wechat_h5" else wechat.mini_user(code))
    except ports.Refused as refused:
        kind = Forbidden if refused.code in _NOT_THIS_PERSON else Unauthenticated
        raise kind(refused.code, refused.message) from None
    except ports.NoAnswer:
        raise Unavailable("wechat.no_answer", "微信暂时没有应答，请稍后再试") from None


async def _newcomer(channel: str, openid: str) -> Newcomer:
    async with database.transaction() as connection:
        _, customer_id = await _identity(connection, channel, openid)
        number = await connection.fetchval("SELECT customer_no FROM customer WHERE id = $1", customer_id)
    return Newcomer(customer_id, bound=number is not None, openid=openid)


async def _identity(connection: Connection, channel: str, openid: str) -> tuple[int, int]:
    """The identity and whose it is until we commit, so that an unbinding beside us finds our session; a new one belongs
    to a new visitor.
    """
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"{channel}:{openid}")
    row = await connection.fetchrow(
        "SELECT id, customer_id FROM identity WHERE channel = $1 AND subject = $2 FOR SHARE", channel, openid
    )
    if row is not None:
        return row["id"], row["customer_id"]
    visitor: int = await connection.fetchval(
        "INSERT INTO customer (name, stage, created_at) VALUES ('', 'base', $1) RETURNING id", clock.now()
    )
    made: int = await connection.fetchval(
        "INSERT INTO identity (channel, subject, customer_id, created_at) VALUES ($1, $2, $3, $4) RETURNING id",
        channel,
        openid,
        visitor,
        clock.now(),
    )
    return made, visitor


async def _vouched_for(customer_no: str, come_back: bool) -> int:
    """The id of a customer the bank's app vouches for, with what the core says of them taken over if it answers.

    The ticket is proof enough: a core that is silent, or does not know the number yet, keeps nobody out.
    """
    try:
        known = await ports.get().card_core.customer(customer_no)
    except (ports.NoAnswer, ports.Refused):
        known = None
    if known is None:
        return await admit(customer_no, come_back=come_back)
    return await admit_from_core(known, come_back=come_back)


def _used() -> Conflict:
    return Conflict("ticket.used", "这张登录凭证已经用过，请回到银行App重新进入")
