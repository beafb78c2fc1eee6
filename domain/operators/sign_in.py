"""Signing in by password; five wrong ones lock the account for a quarter of an hour."""

import asyncio
from datetime import datetime, timedelta

import msgspec

from domain.operators import passwords, rules
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


async def sign_in(username: str, password: str, hours: int) -> SignedIn:
    """Open a session of `hours`.

    Raises `Unauthenticated` (`operator.wrong_credentials`, the same for a name nobody has), `Forbidden`
    (`operator.locked`).

    The operator's row is locked meanwhile, so that parallel guesses are counted one by one. A lock is told to whoever
    asks: usernames are no secret, they stand beside every configuration.
    """
    async with _at_once:
        # Refusals are returned, not raised, as the count of failures has to commit.
        outcome = await _attempt(username, password, timedelta(hours=hours))
    if isinstance(outcome, DomainError):
        raise outcome
    log.info("operator.signed_in", operator_id=outcome.operator_id)
    return outcome


async def _attempt(username: str, password: str, lifetime: timedelta) -> SignedIn | DomainError:
    now = clock.now()
    async with database.transaction() as connection:
        row = await connection.fetchrow(
            """SELECT id, password_hash, failed_attempts, locked_until FROM operator
               WHERE username = $1 AND active FOR NO KEY UPDATE""",
            username,
        )
        if row is not None and rules.is_locked(row["locked_until"], now):
            return Forbidden("operator.locked", "密码连续输错次数过多，账号已锁定，请15分钟后再试")
        if await passwords.matches(row["password_hash"] if row else None, password) and row is not None:
            return await _opened(connection, row["id"], now, lifetime)
        if row is not None:
            await _count_failure(connection, row, now)
    return Unauthenticated("operator.wrong_credentials", "用户名或密码不正确")


async def _opened(connection: Connection, operator_id: int, now: datetime, lifetime: timedelta) -> SignedIn:
    await connection.execute(
        "UPDATE operator SET failed_attempts = 0, locked_until = NULL WHERE id = $1 AND failed_attempts > 0",
        operator_id,
    )
    opened = SignedIn(ids.token_id(), operator_id, now + lifetime)
    await connection.execute(
        "INSERT INTO operator_session (id, operator_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        opened.session_id,
        operator_id,
        now,
        opened.expires_at,
    )
    return opened


async def _count_failure(connection: Connection, row: Record, now: datetime) -> None:
    failures, locked_until = rules.after_failure(row["failed_attempts"], row["locked_until"], now)
    log.warning("operator.wrong_password", operator_id=row["id"], failures=failures, locked=locked_until is not None)
    # Waiting for the disk would tell by the time of the answer that the name exists.
    await connection.execute("SET LOCAL synchronous_commit = off")
    await connection.execute(
        "UPDATE operator SET failed_attempts = $2, locked_until = $3 WHERE id = $1",
        row["id"],
        failures,
        locked_until,
    )
