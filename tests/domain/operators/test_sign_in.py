"""Operators sign in by password, and guessing does not pay."""

import asyncio
import time
from datetime import timedelta

import pytest

from domain import operators
from domain.operators import OperatorIdentity, Role, SignedIn
from kit import clock
from kit import database as db
from kit.errors import DomainError, Forbidden, Unauthenticated

PASSWORD = "a-long-password-1"


@pytest.fixture
async def someone(database: str) -> OperatorIdentity:
    return await operators.ensure("someone", "某人", PASSWORD, [Role.MAKER, Role.SUPPORT], "SH")


async def refusal(username: str, password: str) -> DomainError:
    with pytest.raises(DomainError) as refused:
        await operators.sign_in(username, password, 8)
    return refused.value


async def test_the_right_password_opens_a_session(someone: OperatorIdentity) -> None:
    opened = await operators.sign_in("someone", PASSWORD, 8)
    assert opened.expires_at - clock.now() > timedelta(hours=7, minutes=59)
    holder = await operators.load_session(opened.session_id)
    assert holder is not None
    assert (holder.operator_id, holder.username, holder.branch) == (someone.operator_id, "someone", "SH")
    assert holder.roles == {"maker", "support"}


async def test_the_password_is_kept_as_an_argon2id_hash_only(someone: OperatorIdentity) -> None:
    row = await db.fetchrow("SELECT * FROM operator WHERE id = $1", someone.operator_id)
    assert row is not None
    assert row["password_hash"].startswith("$argon2id$")
    assert PASSWORD not in str(dict(row))


async def test_an_unknown_name_is_answered_like_a_wrong_password(someone: OperatorIdentity) -> None:
    wrong, unknown = await refusal("someone", "guess"), await refusal("nobody", "guess")
    assert isinstance(wrong, Unauthenticated)
    assert (wrong.code, wrong.message, wrong.status) == (unknown.code, unknown.message, unknown.status)
    assert wrong.code == "operator.wrong_credentials"


async def test_an_unknown_name_costs_as_much_work(someone: OperatorIdentity) -> None:
    async def seconds(username: str) -> float:
        begun = time.perf_counter()
        await refusal(username, "guess")
        return time.perf_counter() - begun

    await seconds("nobody")
    known = min([await seconds("someone") for _ in range(3)])
    unknown = min([await seconds("nobody") for _ in range(3)])
    assert unknown > known / 2


async def test_five_wrong_passwords_lock_even_for_the_right_one(someone: OperatorIdentity) -> None:
    for _ in range(5):
        assert (await refusal("someone", "guess")).code == "operator.wrong_credentials"
    locked = await refusal("someone", PASSWORD)
    assert isinstance(locked, Forbidden)
    assert locked.code == "operator.locked"


async def test_a_lock_ends_after_fifteen_minutes(someone: OperatorIdentity) -> None:
    for _ in range(5):
        await refusal("someone", "guess")
    await db.execute("UPDATE operator SET locked_until = locked_until - interval '15 minutes'")
    assert (await refusal("someone", "guess")).code == "operator.wrong_credentials"
    await operators.sign_in("someone", PASSWORD, 8)
    row = await db.fetchrow("SELECT failed_attempts, locked_until FROM operator WHERE username = 'someone'")
    assert row is not None
    assert tuple(row) == (0, None)


async def test_guessing_in_parallel_gives_no_more_guesses(someone: OperatorIdentity) -> None:
    guesses = [operators.sign_in("someone", "guess", 8) for _ in range(12)]
    outcomes = await asyncio.gather(*guesses, operators.sign_in("someone", PASSWORD, 8), return_exceptions=True)
    codes = [one.code for one in outcomes if isinstance(one, DomainError)]
    assert codes.count("operator.wrong_credentials") == 5
    assert codes.count("operator.locked") == 8


async def test_the_same_operator_signs_in_many_times_at_once(someone: OperatorIdentity) -> None:
    opened = await asyncio.gather(*(operators.sign_in("someone", PASSWORD, 8) for _ in range(12)))
    assert len({one.session_id for one in opened if isinstance(one, SignedIn)}) == 12


async def test_an_inactive_operator_is_nobody(someone: OperatorIdentity) -> None:
    opened = await operators.sign_in("someone", PASSWORD, 8)
    await db.execute("UPDATE operator SET active = false")
    assert (await refusal("someone", PASSWORD)).code == "operator.wrong_credentials"
    assert await operators.load_session(opened.session_id) is None


async def test_ensuring_twice_is_one_operator_as_said_last(someone: OperatorIdentity) -> None:
    again = await operators.ensure("someone", "某某", "another-password-2", [Role.CHECKER], "HQ")
    assert again == OperatorIdentity(someone.operator_id, "someone", "某某", frozenset({"checker"}), "HQ")
    await operators.sign_in("someone", "another-password-2", 8)
    assert (await refusal("someone", PASSWORD)).code == "operator.wrong_credentials"
