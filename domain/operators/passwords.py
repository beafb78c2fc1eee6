"""Passwords as Argon2id hashes (RFC 9106), computed in a thread."""

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# 19 MiB and two passes, the smallest set OWASP accepts: a sign-in must not crowd out the customers' memory.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODYS = _hasher.hash(secrets.token_urlsafe(16))


async def hashed(password: str) -> str:
    """A salted hash of `password`."""
    return await asyncio.to_thread(_hasher.hash, password)


async def matches(password_hash: str | None, password: str) -> bool:
    """Whether `password` is the one; without a hash (nobody of that name) the same work, and False."""
    right = await asyncio.to_thread(_verified, password_hash or _NOBODYS, password)
    return right and password_hash is not None


def _verified(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
