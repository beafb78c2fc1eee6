"""A session that was ended is refused by every process."""

from datetime import timedelta

import pytest

from domain import operators
from domain.operators import OperatorIdentity, Role, SignedIn
from domain.operators.touch import forget_touched
from kit import clock
from kit import database as db
from kit.errors import Forbidden, NotFound, Unauthenticated
from kit.tokens import SessionTokens

KEYS = {"k1": "k" * 32}
PASSWORD = "a-long-password-1"


def process() -> SessionTokens[OperatorIdentity]:
    """What a process of its own has."""
    return SessionTokens(KEYS, "cardquest-admin", operators.load_session, largest=0)


@pytest.fixture
async def opened(database: str) -> SignedIn:
    await operators.ensure("someone", "某人", PASSWORD, [Role.MAKER], "HQ")
    return await operators.sign_in("someone", PASSWORD, 8)


async def holder(opened: SignedIn) -> OperatorIdentity:
    return OperatorIdentity(opened.operator_id, "someone", "某人", frozenset({Role.MAKER}), "HQ")


async def refused(tokens: SessionTokens[OperatorIdentity], token: str) -> str:
    with pytest.raises(Unauthenticated) as found:
        await tokens.verify(token)
    return found.value.code


async def test_a_session_ended_in_one_process_is_refused_in_another(database: str, opened: SignedIn) -> None:
    here, there = process(), process()
    token = here.issue(str(opened.operator_id), opened.session_id, opened.expires_at)
    assert (await here.verify(token)).username == (await there.verify(token)).username == "someone"
    await operators.end_session(await holder(opened), opened.session_id)
    assert await refused(there, token) == "session.revoked"
    assert await refused(here, token) == "session.revoked"


async def test_ending_a_session_twice_changes_nothing(database: str, opened: SignedIn) -> None:
    await operators.end_session(await holder(opened), opened.session_id)
    await operators.end_session(await holder(opened), opened.session_id)
    assert await operators.load_session(opened.session_id) is None


async def test_other_roles_hold_at_once_and_the_session_goes_on(database: str, opened: SignedIn) -> None:
    tokens = process()
    token = tokens.issue(str(opened.operator_id), opened.session_id, opened.expires_at)
    assert (await tokens.verify(token)).roles == {"maker"}
    await operators.ensure("someone", "某人", PASSWORD, [Role.AUDITOR], "HQ")
    assert (await tokens.verify(token)).roles == {"auditor"}


async def test_a_changed_password_ends_the_sessions(database: str, opened: SignedIn) -> None:
    tokens = process()
    token = tokens.issue(str(opened.operator_id), opened.session_id, opened.expires_at)
    await tokens.verify(token)
    await operators.ensure("someone", "某人", "another-password-2", [Role.MAKER], "HQ")
    assert await refused(tokens, token) == "session.revoked"


async def test_a_deactivated_operator_is_refused_everywhere_at_once(database: str, opened: SignedIn) -> None:
    administrator = await operators.ensure("admin", "管理员", PASSWORD, [Role.ADMINISTRATOR], "HQ")
    here, there = process(), process()
    token = here.issue(str(opened.operator_id), opened.session_id, opened.expires_at)
    assert (await here.verify(token)).roles == (await there.verify(token)).roles == {"maker"}
    await operators.change(administrator, "someone", active=False)
    assert await refused(there, token) == "session.revoked"
    assert await refused(here, token) == "session.revoked"


async def test_changing_the_password_ends_the_other_sessions_only(database: str, opened: SignedIn) -> None:
    other = await operators.sign_in("someone", PASSWORD, 8)
    holding = await operators.load_session(opened.session_id)
    assert holding is not None
    await operators.change_password(holding, PASSWORD, "another-password-2")
    assert await operators.load_session(other.session_id) is None
    assert await operators.load_session(opened.session_id) is not None
    assert [one.id for one in await operators.sessions(opened.operator_id)] == [opened.session_id]


async def test_somebody_elses_session_is_not_there(database: str, opened: SignedIn) -> None:
    other = await operators.ensure("other", "他人", PASSWORD, [Role.MAKER], "HQ")
    with pytest.raises(NotFound, match="session.not_found"):
        await operators.end_session(other, opened.session_id)
    with pytest.raises(Forbidden, match="operator.missing_role"):
        await operators.end_session(other, opened.session_id, "someone")
    administrator = await operators.ensure("admin", "管理员", PASSWORD, [Role.ADMINISTRATOR], "HQ")
    await operators.end_session(administrator, opened.session_id, "someone")
    assert await operators.load_session(opened.session_id) is None


async def test_a_session_nobody_uses_is_over(database: str, opened: SignedIn) -> None:
    await operators.touch(opened.session_id, timedelta(minutes=30))
    await db.execute("UPDATE operator_session SET used_at = used_at - interval '31 minutes'")
    # This process has seen it a moment ago; another one has not.
    await operators.touch(opened.session_id, timedelta(minutes=30))
    forget_touched()
    with pytest.raises(Unauthenticated, match="session.idle"):
        await operators.touch(opened.session_id, timedelta(minutes=30))
    await db.execute("UPDATE operator_session SET used_at = used_at + interval '2 minutes'")
    await operators.touch(opened.session_id, timedelta(minutes=30))
    [one] = await operators.sessions(opened.operator_id)
    assert clock.machine_now() - one.used_at < timedelta(minutes=1)
