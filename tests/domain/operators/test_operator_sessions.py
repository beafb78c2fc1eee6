"""A session that was ended is refused by every process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from domain import operators
from domain.operators import OperatorIdentity, Role, SignedIn
from kit.errors import Unauthenticated
from kit.notices import Notices
from kit.tokens import SessionTokens

KEYS = {"k1": "k" * 32}
PASSWORD = "a-long-password-1"


@asynccontextmanager
async def process(url: str) -> AsyncIterator[SessionTokens[OperatorIdentity]]:
    """What a process of its own has: its cache and its listening connection."""
    notices = Notices(url)
    tokens = SessionTokens(KEYS, "cardquest-admin", operators.load_session, notices)
    await notices.start()
    try:
        yield tokens
    finally:
        await notices.stop()


@pytest.fixture
async def opened(database: str) -> SignedIn:
    await operators.ensure("someone", "某人", PASSWORD, [Role.MAKER], "HQ")
    return await operators.sign_in("someone", PASSWORD, 8)


async def holder(opened: SignedIn) -> OperatorIdentity:
    return OperatorIdentity(opened.operator_id, "someone", "某人", frozenset({Role.MAKER}), "HQ")


async def refused_within(seconds: float, tokens: SessionTokens[OperatorIdentity], token: str) -> str:
    async with asyncio.timeout(seconds):
        while True:
            try:
                await tokens.verify(token)
            except Unauthenticated as refused:
                return refused.code
            await asyncio.sleep(0.01)


async def test_a_session_ended_in_one_process_is_refused_in_another(database: str, opened: SignedIn) -> None:
    async with process(database) as here, process(database) as there:
        token = here.issue(str(opened.operator_id), opened.session_id, opened.expires_at)
        assert (await here.verify(token)).username == (await there.verify(token)).username == "someone"
        await operators.end_session(await holder(opened), opened.session_id)
        # Far sooner than the two seconds an unheard revocation would take.
        assert await refused_within(1, there, token) == "session.revoked"
        assert await refused_within(1, here, token) == "session.revoked"


async def test_ending_a_session_twice_changes_nothing(database: str, opened: SignedIn) -> None:
    await operators.end_session(await holder(opened), opened.session_id)
    await operators.end_session(await holder(opened), opened.session_id)
    assert await operators.load_session(opened.session_id) is None


async def test_other_roles_hold_at_once_and_the_session_goes_on(database: str, opened: SignedIn) -> None:
    async with process(database) as tokens:
        token = tokens.issue(str(opened.operator_id), opened.session_id, opened.expires_at)
        assert (await tokens.verify(token)).roles == {"maker"}
        await operators.ensure("someone", "某人", PASSWORD, [Role.AUDITOR], "HQ")
        await asyncio.sleep(0.5)
        assert (await tokens.verify(token)).roles == {"auditor"}


async def test_a_changed_password_ends_the_sessions(database: str, opened: SignedIn) -> None:
    async with process(database) as tokens:
        token = tokens.issue(str(opened.operator_id), opened.session_id, opened.expires_at)
        await tokens.verify(token)
        await operators.ensure("someone", "某人", "another-password-2", [Role.MAKER], "HQ")
        assert await refused_within(1, tokens, token) == "session.revoked"
