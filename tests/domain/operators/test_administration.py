"""Operators are administered within one's branches, on record, and never by themselves."""

from collections.abc import Awaitable, Callable

import pytest

from domain import audit, operators
from domain.operators import HEAD_OFFICE, Branch, OperatorIdentity, Role, rules
from kit import clock
from kit import database as db
from kit.errors import Conflict, DomainError, Forbidden, NotFound, RuleViolated, Unauthenticated
from tests.domain.tasks.time_machine import TimeMachine, time_machine

__all__ = ["time_machine"]
PASSWORD = "a-long-password-1"


@pytest.fixture
async def administrator(database: str) -> OperatorIdentity:
    head = await operators.ensure("admin", "管理员", PASSWORD, [Role.ADMINISTRATOR], HEAD_OFFICE)
    for branch in (
        Branch("SH", "上海", "HQ"),
        Branch("PD", "浦东", "SH"),
        Branch("XH", "徐汇", "PD"),
        Branch("BJ", "北京", "HQ"),
    ):
        await operators.put_branch(head, branch)
    return head


async def of_branch(branch: str) -> OperatorIdentity:
    return await operators.ensure(f"admin-{branch.lower()}", "管理员", PASSWORD, [Role.ADMINISTRATOR], branch)


async def code_of(act: Awaitable[object]) -> str:
    with pytest.raises(DomainError) as refused:
        await act
    return refused.value.code


async def held(session_id: str) -> OperatorIdentity | None:
    return await operators.load_session(session_id)


async def test_a_branch_sees_itself_and_all_below(administrator: OperatorIdentity) -> None:
    shanghai = await of_branch("SH")
    assert shanghai.within == ["SH", "PD", "XH"]
    assert [shanghai.sees(branch) for branch in ("SH", "XH", "BJ", "HQ", None)] == [True, True, False, False, False]
    assert administrator.within is None
    assert administrator.sees(None)
    assert [one.code for one in await operators.branches(shanghai.within)] == ["PD", "SH", "XH"]


async def test_a_branch_that_moves_is_seen_from_its_new_place_at_once(administrator: OperatorIdentity) -> None:
    await of_branch("SH")
    opened = await operators.sign_in("admin-sh", PASSWORD, 8)
    assert await operators.put_branch(administrator, Branch("PD", "浦东", "BJ")) is False
    now = await held(opened.session_id)
    assert now is not None
    assert now.within == ["SH"]
    assert (await of_branch("BJ")).within == ["BJ", "PD", "XH"]


async def test_the_tree_has_no_ring_and_one_root(administrator: OperatorIdentity) -> None:
    for branch, code in (
        (Branch("SH", "上海", "XH"), "branch.impossible"),
        (Branch("SH", "上海", "SH"), "branch.impossible"),
        (Branch("NEW", "新", "nowhere"), "branch.impossible"),
        (Branch("HQ", "总行", "SH"), "branch.head_office"),
    ):
        assert await code_of(operators.put_branch(administrator, branch)) == code
    assert await code_of(operators.put_branch(await of_branch("SH"), Branch("N", "n", "SH"))) == (
        "operator.head_office_only"
    )


async def test_a_new_operator_signs_in_once_and_changes_the_password(administrator: OperatorIdentity) -> None:
    made = await operators.create(administrator, "newcomer", "新人", [Role.MAKER], "SH")
    opened = await operators.sign_in("newcomer", made.one_time_password, 8)
    newcomer = await held(opened.session_id)
    assert newcomer is not None
    assert newcomer.one_time
    await operators.change_password(newcomer, made.one_time_password, "a-password-of-mine-3")
    ready = await held(opened.session_id)
    assert ready is not None
    assert not ready.one_time
    with pytest.raises(Unauthenticated):
        await operators.sign_in("newcomer", made.one_time_password, 8)
    entries = await audit.list_(None, audit.Filter(subject="operators/newcomer"), None, 20)
    assert [one.action for one in entries] == [
        "session.refuse",
        "operator.change_password",
        "session.open",
        "operator.create",
    ]
    assert not [one for one in entries if made.one_time_password in one.detail]


async def test_a_one_time_password_expires(administrator: OperatorIdentity, time_machine: TimeMachine) -> None:
    made = await operators.create(administrator, "newcomer", "新人", [Role.MAKER], "SH")
    clock.advance(rules.ONE_TIME_FOR.total_seconds() + 1)
    with pytest.raises(Forbidden, match="operator.password_expired"):
        await operators.sign_in("newcomer", made.one_time_password, 8)
    again = await operators.reset_password(administrator, "newcomer")
    await operators.sign_in("newcomer", again, 8)


async def test_nobody_makes_themselves_a_checker(administrator: OperatorIdentity) -> None:
    roles = [Role.ADMINISTRATOR, Role.CHECKER]
    for change in ({"roles": roles}, {"branch": "SH"}, {"active": False}):
        assert await code_of(operators.change(administrator, "admin", **change)) == "operator.own_account"  # type: ignore[arg-type]
    assert await code_of(operators.reset_password(administrator, "admin")) == "operator.own_account"
    renamed = await operators.change(administrator, "admin", name="新名", roles=[Role.ADMINISTRATOR])
    assert (renamed.name, renamed.roles) == ("新名", ["administrator"])


@pytest.mark.parametrize("change", [{"roles": [Role.AUDITOR]}, {"branch": "BJ"}, {"active": False}])
async def test_a_change_ends_the_sessions_and_is_on_record(
    administrator: OperatorIdentity, change: dict[str, object]
) -> None:
    await operators.ensure("someone", "某人", PASSWORD, [Role.MAKER], "SH")
    opened = await operators.sign_in("someone", PASSWORD, 8)
    await operators.change(administrator, "someone", **change)  # type: ignore[arg-type]
    assert await held(opened.session_id) is None
    [entry] = await audit.list_(None, audit.Filter(action="operator.change"), None, 10)
    assert (entry.operator, entry.subject) == ("admin", "operators/someone")
    assert '"was":' in entry.detail
    if "active" in change:
        with pytest.raises(Unauthenticated):
            await operators.sign_in("someone", PASSWORD, 8)


async def test_an_administrator_of_a_branch_reaches_no_other(administrator: OperatorIdentity) -> None:
    shanghai = await of_branch("SH")
    await operators.ensure("beijing", "某人", PASSWORD, [Role.MAKER], "BJ")
    await operators.ensure("pudong", "某人", PASSWORD, [Role.MAKER], "PD")
    acts: tuple[Callable[[str], Awaitable[object]], ...] = (
        lambda name: operators.change(shanghai, name, name="x"),
        lambda name: operators.reset_password(shanghai, name),
        lambda name: operators.reset_second_factor(shanghai, name),
        lambda name: operators.end_sessions(shanghai, name),
        lambda name: operators.account(shanghai, name),
    )
    for act in acts:
        assert await code_of(act("beijing")) == "operator.not_found"
        await act("pudong")
    assert await code_of(operators.create(shanghai, "x", "x", [], "BJ")) == "operator.unknown_branch"
    assert await code_of(operators.change(shanghai, "pudong", branch="BJ")) == "operator.unknown_branch"
    assert {one.username for one in await operators.accounts(shanghai, None, 20)} == {"admin-sh", "pudong"}


async def test_who_is_no_administrator_changes_nobody(administrator: OperatorIdentity) -> None:
    maker = await operators.ensure("maker", "经办", PASSWORD, [Role.MAKER, Role.AUDITOR], HEAD_OFFICE)
    for act in (
        operators.create(maker, "x", "x", [Role.CHECKER], "HQ"),
        operators.change(maker, "admin", active=False),
        operators.reset_password(maker, "admin"),
        operators.end_sessions(maker, "admin"),
        operators.put_branch(maker, Branch("N", "n", "HQ")),
    ):
        assert await code_of(act) == "operator.missing_role"
    assert await db.fetchval("SELECT count(*) FROM operator") == 2


async def test_a_password_has_to_be_good(administrator: OperatorIdentity) -> None:
    for new, code in (
        ("short-1", "password.length"),
        ("aaaaaaaaaaaaaaa", "password.monotonous"),
        ("the-admin-password", "password.username"),
        (PASSWORD, "password.same"),
    ):
        with pytest.raises(RuleViolated) as refused:
            await operators.change_password(administrator, PASSWORD, new)
        assert code in [fault.code for fault in refused.value.faults]
    with pytest.raises(Forbidden, match="operator.wrong_password"):
        await operators.change_password(administrator, "guess", "another-password-2")
    await operators.sign_in("admin", PASSWORD, 8)


async def test_a_username_is_taken_once(administrator: OperatorIdentity) -> None:
    await operators.create(administrator, "twin", "一", [], "SH")
    with pytest.raises(Conflict, match="operator.username_taken"):
        await operators.create(administrator, "twin", "二", [Role.CHECKER], "BJ")
    with pytest.raises(NotFound):
        await operators.account(administrator, "nobody")


async def test_guessing_from_an_open_session_locks_as_guessing_at_the_door(administrator: OperatorIdentity) -> None:
    guesses = [operators.change_password(administrator, f"guess-{n}", "another-password-2") for n in range(5)]
    assert [await code_of(guess) for guess in guesses] == ["operator.wrong_password"] * 5
    right = operators.change_password(administrator, PASSWORD, "another-password-2")
    assert await code_of(right) == "operator.locked"
    assert len(await audit.list_(None, audit.Filter(action="operator.lock"), None, 10)) == 1
