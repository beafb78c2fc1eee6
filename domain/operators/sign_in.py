"""Signing in by password and, for who enrolled one, a second factor; five wrong ones lock for a quarter of an hour."""

import asyncio
from datetime import datetime, timedelta

import msgspec

from domain import audit
from domain.operators import passwords, rules, second_factor
from domain.operators.count_failure import count_failure
from kit import clock, database, ids, logging
from kit.database import Connection, Record
from kit.errors import DomainError, Forbidden, Unauthenticated

log = logging.get("operators")
# Each holds a pooled connection and 19 MiB while it hashes: a flood of guesses waits here, customers do not.
_at_once = asyncio.Semaphore(2)


class SignedIn(msgspec.Struct, frozen=True):
    """A session that was opened."""

    session_id: str
    operator_id: int
    expires_at: datetime


async def sign_in(username: str, password: str, hours: int, code: str | None = None) -> SignedIn:
    """Open a session of `hours`. `code` is asked of operators who enrolled a second factor, and each is taken once.

    Raises `Unauthenticated` (`operator.wrong_credentials`, the same for a name nobody has; after the right password
    `operator.code_required`, `operator.wrong_code`, `operator.code_used`), `Forbidden` (`operator.locked`,
    `operator.password_expired`: a one-time password whose time is over).

    The operator's row is locked meanwhile, so that parallel guesses are counted one by one. A lock is told to whoever
    asks: usernames are no secret, they stand beside every configuration.
    """
    async with _at_once:
        # Refusals are returned, not raised, as the count of failures has to commit.
        outcome = await _attempt(username, password, code, timedelta(hours=hours))
    if isinstance(outcome, DomainError):
        raise outcome
    log.info("operator.signed_in", operator_id=outcome.operator_id)
    return outcome


async def _attempt(username: str, password: str, code: str | None, lifetime: timedelta) -> SignedIn | DomainError:
    now = clock.now()
    async with database.transaction() as connection:
        row = await connection.fetchrow(
            """SELECT id, username, branch, password_hash, failed_attempts, locked_until, one_time_until, secret,
                      last_step FROM operator WHERE username = $1 AND active FOR NO KEY UPDATE""",
            username,
        )
        outcome = await _judged(connection, row, password, code, now)
        if outcome is None and row is not None:
            opened = await _opened(connection, row["id"], now, lifetime)
            await _tell(connection, username, row, "session.open", {})
            return opened
        refused = outcome or _wrong_credentials()
        # Waiting for the disk would tell by the time of the answer that the name exists.
        await connection.execute("SET LOCAL synchronous_commit = off")
        await _tell(connection, username, row, "session.refuse", {"code": refused.code})
    return refused


async def _judged(
    connection: Connection, row: Record | None, password: str, code: str | None, now: datetime
) -> DomainError | None:
    """Why there is no session; what was wrong counts towards the lock."""
    if row is not None and rules.is_locked(row["locked_until"], now):
        return rules.locked()
    if not await passwords.matches(row["password_hash"] if row else None, password) or row is None:
        if row is not None:
            await count_failure(connection, row, now)
        return _wrong_credentials()
    if row["one_time_until"] is not None and row["one_time_until"] <= now:
        return Forbidden("operator.password_expired", "一次性密码已过期，请联系管理员重置")
    if row["secret"] is None:
        return None
    return await _second(connection, row, code, now)


async def _second(connection: Connection, row: Record, code: str | None, now: datetime) -> DomainError | None:
    if not code:
        return Unauthenticated("operator.code_required", "请输入动态验证码")
    step = second_factor.step_of(second_factor.vault().open(row["secret"]), code, clock.machine_now())
    if step is None:
        await count_failure(connection, row, now)
        return Unauthenticated("operator.wrong_code", "动态验证码不正确")
    if row["last_step"] is not None and step <= row["last_step"]:
        return Unauthenticated("operator.code_used", "该动态验证码已使用，请等待下一个")
    await connection.execute("UPDATE operator SET last_step = $2 WHERE id = $1", row["id"], step)
    return None


async def _opened(connection: Connection, operator_id: int, now: datetime, lifetime: timedelta) -> SignedIn:
    await connection.execute(
        "UPDATE operator SET failed_attempts = 0, locked_until = NULL WHERE id = $1 AND failed_attempts > 0",
        operator_id,
    )
    opened = SignedIn(ids.token_id(), operator_id, now + lifetime)
    await connection.execute(
        """INSERT INTO operator_session (id, operator_id, created_at, used_at, expires_at)
           VALUES ($1, $2, $3, $4, $5)""",
        opened.session_id,
        operator_id,
        now,
        clock.machine_now(),
        opened.expires_at,
    )
    return opened


async def _tell(connection: Connection, username: str, row: Record | None, action: str, detail: dict[str, str]) -> None:
    who, branch = (row["id"], row["branch"]) if row else (None, "")
    entry = audit.Entry(who, username, branch, action, f"operators/{username}", detail)
    await audit.record(connection, entry)


def _wrong_credentials() -> Unauthenticated:
    return Unauthenticated("operator.wrong_credentials", "用户名或密码不正确")
