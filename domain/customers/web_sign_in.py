"""The way of a browser to WeChat and back: a one-time state that only the browser that left can bring back."""

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Literal

import msgspec

from domain import ports
from kit import clock, database, ids
from kit.errors import Conflict, Forbidden, Unauthenticated

STATE_LIVES = timedelta(minutes=10)
Scope = Literal["base", "userinfo"]


class Departure(msgspec.Struct, frozen=True):
    """Where to send the browser, and the secret it has to keep meanwhile."""

    address: str
    browser: str


async def leave_for_wechat(page: str, scope: Scope, browser: str | None, back_to: str) -> Departure:
    """Begin signing in at `page`: WeChat sends the browser to `back_to` with a code and our state.

    `browser` is the secret this browser holds already; one secret may hold several states, one for each tab.
    """
    secret, state = browser or ids.token_id(), secrets.token_hex(24)
    await database.execute(
        "INSERT INTO web_sign_in (state_hash, browser_hash, page, expires_at) VALUES ($1, $2, $3, $4)",
        _hash(state),
        _hash(secret),
        page,
        clock.now() + STATE_LIVES,
    )
    asked: Literal["snsapi_base", "snsapi_userinfo"] = "snsapi_base" if scope == "base" else "snsapi_userinfo"
    return Departure(ports.get().wechat.authorize_url(back_to, state, asked), secret)


async def return_from_wechat(state: str, browser: str | None) -> str:
    """Spend a state and learn which page was asked for. Another browser spends nothing.

    Raises `Unauthenticated` (`wechat.state_unknown`, `wechat.state_expired`), `Forbidden` (`wechat.state_foreign`),
    `Conflict` (`wechat.state_used`).
    """
    async with database.transaction() as connection:
        row = await connection.fetchrow(
            "SELECT browser_hash, page, expires_at, used_at FROM web_sign_in WHERE state_hash = $1 FOR UPDATE",
            _hash(state),
        )
        if row is None:
            raise Unauthenticated("wechat.state_unknown", "这次登录不是从本页面开始的，请重新进入")
        if not hmac.compare_digest(row["browser_hash"], _hash(browser or "")):
            raise Forbidden("wechat.state_foreign", "请在开始登录的同一个浏览器里完成登录")
        if row["used_at"] is not None:
            raise Conflict("wechat.state_used", "这次登录已经完成，请重新进入")
        if row["expires_at"] <= clock.now():
            raise Unauthenticated("wechat.state_expired", "登录等待太久，请重新进入")
        await connection.execute("UPDATE web_sign_in SET used_at = $2 WHERE state_hash = $1", _hash(state), clock.now())
    return str(row["page"])


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
