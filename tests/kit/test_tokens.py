"""Session tokens: what is refused, and for how long memory is believed."""

import asyncio
import time
from datetime import datetime, timedelta

import jwt
import pytest

from kit import clock, tokens
from kit.errors import Unauthenticated
from kit.tokens import SessionTokens

KEY, OLD_KEY = "n" * 32, "o" * 32


class Sessions:
    """A database of sessions that counts how often it is asked."""

    def __init__(self) -> None:
        self.living, self.asked = {"s1": "anna", "s2": "bert", "s3": "carl"}, 0

    async def load(self, session_id: str) -> str | None:
        self.asked += 1
        await asyncio.sleep(0)
        return self.living.get(session_id)


class Listening:
    """Notices that are heard from `since` on."""

    def __init__(self, since: float | None) -> None:
        self.listening_since = since

    def on(self, *_: object) -> None: ...


def soon(hours: float = 1) -> datetime:
    return clock.now() + timedelta(hours=hours)


@pytest.fixture
def sessions() -> Sessions:
    return Sessions()


@pytest.fixture
def issuer(sessions: Sessions) -> SessionTokens[str]:
    return SessionTokens({"old": OLD_KEY, "new": KEY}, "here", sessions.load)


async def code_of_refusal(issuer: SessionTokens[str], token: str) -> str:
    with pytest.raises(Unauthenticated) as refused:
        await issuer.verify(token)
    return refused.value.code


async def test_a_verified_token_is_remembered(sessions: Sessions, issuer: SessionTokens[str]) -> None:
    token = issuer.issue("7", "s1", soon())
    assert [await issuer.verify(token) for _ in range(5)] == ["anna"] * 5
    assert sessions.asked == 1


async def test_the_last_key_signs_and_all_verify(sessions: Sessions, issuer: SessionTokens[str]) -> None:
    before = SessionTokens({"old": OLD_KEY}, "here", sessions.load).issue("7", "s1", soon())
    assert await issuer.verify(before) == "anna"
    assert jwt.get_unverified_header(issuer.issue("7", "s1", soon()))["kid"] == "new"


def test_a_short_key_is_refused_at_the_start(sessions: Sessions) -> None:
    with pytest.raises(ValueError, match="k1"):
        SessionTokens({"k1": "short"}, "here", sessions.load)


async def test_what_we_did_not_sign_for_here_is_invalid(sessions: Sessions, issuer: SessionTokens[str]) -> None:
    claims = {"sub": "7", "jti": "s1", "aud": "here", "exp": int(soon().timestamp())}
    elsewhere = SessionTokens({"new": KEY}, "elsewhere", sessions.load).issue("7", "s1", soon())
    stranger = SessionTokens({"new": "x" * 32}, "here", sessions.load).issue("7", "s1", soon())
    unsigned = jwt.encode(claims, None, "none", headers={"kid": "new"})
    other_hash = jwt.encode(claims, KEY * 2, "HS512", headers={"kid": "new"})
    unknown_key = jwt.encode(claims, KEY, "HS256", headers={"kid": "unknown"})
    without_kid = jwt.encode(claims, KEY, "HS256")
    endless = jwt.encode({k: v for k, v in claims.items() if k != "exp"}, KEY, "HS256", headers={"kid": "new"})
    for token in (elsewhere, stranger, unsigned, other_hash, unknown_key, without_kid, endless, "", "a.b.c", "令牌"):
        assert await code_of_refusal(issuer, token) == "session.invalid"
    assert sessions.asked == 0


async def test_expiry_is_judged_by_business_time(issuer: SessionTokens[str], monkeypatch: pytest.MonkeyPatch) -> None:
    remembered, fresh = issuer.issue("7", "s1", soon(1)), issuer.issue("8", "s2", soon(1))
    await issuer.verify(remembered)
    later = soon(1.01)
    monkeypatch.setattr(tokens.clock, "now", lambda: later)
    assert await code_of_refusal(issuer, remembered) == "session.expired"
    assert await code_of_refusal(issuer, fresh) == "session.expired"


async def test_a_forgotten_session_is_asked_for_again(sessions: Sessions, issuer: SessionTokens[str]) -> None:
    token = issuer.issue("7", "s1", soon())
    await issuer.verify(token)
    del sessions.living["s1"]
    assert await issuer.verify(token) == "anna"
    issuer.forget("s1")
    assert await code_of_refusal(issuer, token) == "session.revoked"


async def test_a_revocation_during_the_reading_is_not_overlooked(
    issuer: SessionTokens[str], sessions: Sessions
) -> None:
    token = issuer.issue("7", "s1", soon())
    reading = asyncio.create_task(issuer.verify(token))
    await asyncio.sleep(0)
    issuer.forget("s1")  # the notice overtakes the answer, which is of before
    assert await reading == "anna"
    del sessions.living["s1"]
    assert await code_of_refusal(issuer, token) == "session.revoked"


@pytest.mark.parametrize(
    ("listening_since", "seconds_later", "believed"),
    [
        (None, 1.9, True),
        (None, 2.1, False),
        (0.0, 3600.0, True),  # listening since before the session was read
        (float("inf"), 1.9, True),  # the connection was replaced after it: notices may have been missed
        (float("inf"), 2.1, False),
    ],
)
async def test_memory_is_believed_for_two_seconds_where_revocations_are_not_heard(
    sessions: Sessions,
    monkeypatch: pytest.MonkeyPatch,
    listening_since: float | None,
    seconds_later: float,
    believed: bool,
) -> None:
    issuer = SessionTokens({"new": KEY}, "here", sessions.load, Listening(listening_since))
    token = issuer.issue("7", "s1", soon())
    await issuer.verify(token)
    then = time.monotonic() + seconds_later
    monkeypatch.setattr(tokens.time, "monotonic", lambda: then)
    await issuer.verify(token)
    assert sessions.asked == (1 if believed else 2)


async def test_memory_is_bounded_and_loses_the_longest_unused(sessions: Sessions) -> None:
    issuer = SessionTokens({"new": KEY}, "here", sessions.load, largest=2)
    first, second, third = (issuer.issue("7", f"s{n}", soon()) for n in (1, 2, 3))
    for token in (first, second, first, third):
        await issuer.verify(token)
    assert sessions.asked == 3
    await issuer.verify(first)
    assert sessions.asked == 3
    await issuer.verify(second)
    assert sessions.asked == 4
