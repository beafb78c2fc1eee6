"""A second factor: enrolled by its operator, asked at sign-in, each code once, reset by an administrator only."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from domain import audit, operators
from domain.operators import HEAD_OFFICE, OperatorIdentity, Role, second_factor
from kit import clock
from kit import database as db
from kit.errors import Conflict, DomainError, Forbidden, RuleViolated, Unauthenticated

PASSWORD = "a-long-password-1"
NOW = datetime(2026, 11, 1, 4, 0, 10, tzinfo=UTC)


@pytest.fixture
async def someone(database: str) -> OperatorIdentity:
    return await operators.ensure("someone", "某人", PASSWORD, [Role.MAKER], HEAD_OFFICE)


def code_of(secret: str, *, ahead: int = 0) -> str:
    return pyotp.TOTP(secret).at(clock.machine_now(), counter_offset=ahead)


async def enrol(who: OperatorIdentity) -> str:
    """Enrolled with the code of one step ago, so that the present one is still good."""
    offered = await operators.offer_second_factor(who, PASSWORD)
    await operators.confirm_second_factor(who, code_of(offered.secret, ahead=-1))
    return offered.secret


async def refusal(code: str | None) -> str:
    with pytest.raises(DomainError) as refused:
        await operators.sign_in("someone", PASSWORD, 8, code)
    return refused.value.code


def test_a_code_is_good_one_step_before_and_after_its_own() -> None:
    secret = second_factor.new_secret()
    code = pyotp.TOTP(secret).at(NOW)
    for seconds in (-30, 0, 30):
        assert second_factor.step_of(secret, code, NOW + timedelta(seconds=seconds)) == NOW.timestamp() // 30
    for seconds in (-61, 61):
        assert second_factor.step_of(secret, code, NOW + timedelta(seconds=seconds)) is None
    assert second_factor.step_of(secret, f" {code} ", NOW) is not None
    assert second_factor.step_of(secret, "１２３４５６", NOW) is None


async def test_until_a_code_was_confirmed_nothing_is_asked(someone: OperatorIdentity) -> None:
    offered = await operators.offer_second_factor(someone, PASSWORD)
    assert offered.address.startswith("otpauth://totp/Cardquest:someone?")
    assert offered.secret in offered.address
    await operators.sign_in("someone", PASSWORD, 8)
    wrong = code_of(second_factor.new_secret())
    with pytest.raises(RuleViolated, match="operator.wrong_code"):
        await operators.confirm_second_factor(someone, wrong)
    await operators.sign_in("someone", PASSWORD, 8)


async def test_the_secret_is_kept_sealed(someone: OperatorIdentity) -> None:
    secret = await enrol(someone)
    row = await db.fetchrow("SELECT secret, offered_secret FROM operator WHERE id = $1", someone.operator_id)
    assert row is not None
    assert secret.encode() not in row["secret"]
    assert row["offered_secret"] is None
    trail = await audit.list_(None, audit.Filter(), None, 100)
    assert not [one for one in trail if secret in one.detail]


async def test_enrolling_asks_for_the_password_and_happens_once(someone: OperatorIdentity) -> None:
    with pytest.raises(Forbidden, match="operator.wrong_password"):
        await operators.offer_second_factor(someone, "guess")
    with pytest.raises(Conflict, match="operator.nothing_offered"):
        await operators.confirm_second_factor(someone, "000000")
    secret = await enrol(someone)
    with pytest.raises(Conflict, match="operator.enrolled"):
        await operators.offer_second_factor(someone, PASSWORD)
    with pytest.raises(Conflict, match="operator.enrolled"):
        await operators.confirm_second_factor(someone, code_of(secret))


async def test_signing_in_asks_for_a_code_and_takes_each_once(someone: OperatorIdentity) -> None:
    secret = await enrol(someone)
    assert await refusal(None) == "operator.code_required"
    code = code_of(secret)
    opened = await operators.sign_in("someone", PASSWORD, 8, code)
    held = await operators.load_session(opened.session_id)
    assert held is not None
    assert held.enrolled
    assert await refusal(code) == "operator.code_used"
    # What enrolling used is used as well, and so is what was before.
    assert await refusal(code_of(secret, ahead=-1)) in ("operator.code_used", "operator.wrong_code")


async def test_wrong_codes_lock_as_wrong_passwords_do(someone: OperatorIdentity) -> None:
    secret = await enrol(someone)
    wrong = code_of(second_factor.new_secret())
    assert [await refusal(wrong) for _ in range(5)] == ["operator.wrong_code"] * 5
    assert await refusal(code_of(secret)) == "operator.locked"
    acts = [one.action for one in await audit.list_(None, audit.Filter(operator="someone"), None, 100)]
    assert acts.count("session.refuse") == 6
    assert acts.count("operator.lock") == 1


async def test_a_wrong_password_says_nothing_about_the_code(someone: OperatorIdentity) -> None:
    secret = await enrol(someone)
    for code in (None, code_of(secret), "000000"):
        with pytest.raises(Unauthenticated, match="operator.wrong_credentials"):
            await operators.sign_in("someone", "guess", 8, code)


async def test_an_administrator_resets_it_on_record_but_not_their_own(someone: OperatorIdentity) -> None:
    administrator = await operators.ensure("admin", "管理员", PASSWORD, [Role.ADMINISTRATOR], HEAD_OFFICE)
    secret = await enrol(someone)
    opened = await operators.sign_in("someone", PASSWORD, 8, code_of(secret))
    with pytest.raises(Forbidden, match="operator.missing_role"):
        await operators.reset_second_factor(someone, "someone")
    with pytest.raises(Conflict, match="operator.own_account"):
        await operators.reset_second_factor(administrator, "admin")
    await operators.reset_second_factor(administrator, "someone")
    assert await operators.load_session(opened.session_id) is None
    await operators.sign_in("someone", PASSWORD, 8)
    [entry] = await audit.list_(None, audit.Filter(action="operator.reset_second_factor"), None, 10)
    assert (entry.operator, entry.subject) == ("admin", "operators/someone")
