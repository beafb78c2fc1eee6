"""Session tokens: the signed name of a session row, verified from memory until it expires or is revoked."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import jwt

from kit import clock
from kit.errors import Unauthenticated
from kit.notices import Notices

Subject = TypeVar("Subject")
REVOKED = "session_revoked"

_ALGORITHM = "HS256"
_SHORTEST_KEY = 32  # bytes: RFC 7518 asks for as many as the hash has, PyJWT only warns
_UNHEARD_SECONDS = 2.0
# Business time may be moved, so expiry is judged here, by `kit.clock`.
_OPTIONS: Any = {"require": ["sub", "jti", "exp", "aud"], "verify_exp": False, "verify_iat": False}


@dataclass(frozen=True)
class _Verified(Generic[Subject]):
    session_id: str
    expires_at: float
    subject: Subject
    loaded_at: float


class SessionTokens(Generic[Subject]):
    """Issues and verifies the tokens of one audience.

    `keys` is `kid` → key: the last one signs, all verify. `load(session_id)` asks the database and gives None when the
    session was revoked or has expired. Revocations arrive as notices on the channel `session_revoked`; whoever cannot
    hear them (no `notices`, or their connection is lost) asks the database again after two seconds. With `largest` 0
    nothing is remembered: each use asks the database, and what was revoked is over everywhere at that moment.
    """

    def __init__(
        self,
        keys: Mapping[str, str],
        audience: str,
        load: Callable[[str], Awaitable[Subject | None]],
        notices: Notices | None = None,
        *,
        largest: int = 50_000,
    ) -> None:
        for kid, key in keys.items():
            if len(key.encode()) < _SHORTEST_KEY:
                raise ValueError(f"session key {kid} has fewer than {_SHORTEST_KEY} bytes")
        self._keys, self._signing_kid = dict(keys), list(keys)[-1]
        self._audience, self._load, self._notices, self._largest = audience, load, notices, largest
        self._known: OrderedDict[str, _Verified[Subject]] = OrderedDict()
        self._token_of: dict[str, str] = {}
        self._revocations = 0
        if notices is not None:
            notices.on(REVOKED, self._told, self._resync)

    def issue(self, subject_id: str, session_id: str, expires_at: datetime) -> str:
        """A token that names the session; whole seconds of `expires_at` count."""
        claims = {
            "sub": subject_id,
            "jti": session_id,
            "aud": self._audience,
            "exp": int(expires_at.timestamp()),
        }
        key = self._keys[self._signing_kid]
        return jwt.encode(claims, key, _ALGORITHM, headers={"kid": self._signing_kid})

    async def verify(self, token: str) -> Subject:
        """Whose token this is. Raises `Unauthenticated` (`session.invalid`, `session.expired`, `session.revoked`)."""
        known = self._known.get(token)
        if known is None or not self._still_trusted(known):
            known = await self._learn(token)
        else:
            self._known.move_to_end(token)
        if known.expires_at <= clock.now().timestamp():
            self.forget(known.session_id)
            raise _expired()
        return known.subject

    def forget(self, session_id: str) -> None:
        """The next use of this session asks the database; idempotent."""
        self._revocations += 1
        token = self._token_of.pop(session_id, None)
        if token is not None:
            self._known.pop(token, None)

    def forget_all(self) -> None:
        """As `forget`, for every session."""
        self._revocations += 1
        self._known.clear()
        self._token_of.clear()

    async def _told(self, session_id: str) -> None:
        self.forget(session_id)

    async def _resync(self) -> None:
        self.forget_all()

    def _still_trusted(self, known: _Verified[Subject]) -> bool:
        since = self._notices.listening_since if self._notices else None
        if since is not None and since <= known.loaded_at:
            return True
        return time.monotonic() - known.loaded_at <= _UNHEARD_SECONDS

    async def _learn(self, token: str) -> _Verified[Subject]:
        claims = self._claims(token)
        if claims["exp"] <= clock.now().timestamp():
            raise _expired()
        session_id = claims["jti"]
        loaded_at, revocations = time.monotonic(), self._revocations
        subject = await self._load(session_id)
        if subject is None:
            self.forget(session_id)
            raise Unauthenticated("session.revoked", "登录已失效，请重新登录")
        verified = _Verified(session_id, claims["exp"], subject, loaded_at)
        # What was revoked while we were reading may be what we have read.
        if revocations == self._revocations:
            self._remember(token, verified)
        return verified

    def _remember(self, token: str, verified: _Verified[Subject]) -> None:
        other = self._token_of.get(verified.session_id)
        if other is not None and other != token:
            self._known.pop(other, None)
        self._known[token] = verified
        self._token_of[verified.session_id] = token
        while len(self._known) > self._largest:
            _, oldest = self._known.popitem(last=False)
            self._token_of.pop(oldest.session_id, None)

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            key = self._keys[jwt.get_unverified_header(token)["kid"]]
            claims = jwt.decode(token, key, [_ALGORITHM], _OPTIONS, audience=self._audience)
        except (jwt.InvalidTokenError, KeyError, TypeError):
            raise Unauthenticated("session.invalid", "登录已失效，请重新登录") from None
        return claims


def _expired() -> Unauthenticated:
    return Unauthenticated("session.expired", "登录已过期，请重新登录")
