"""Benefits: never more than there are, a code to one grant for ever, shown only to its owner."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from domain import approvals, benefits, customers, live, reconciliation
from domain.benefits import SUPPLIERS, GrantState, Issued, IssueFailure
from kit import clock, database
from kit.errors import BadInput, Conflict, Forbidden, NotFound, RuleViolated
from tests.domain.benefits.stage import benefit, grant
from tests.domain.coupons.stage import CHECKER, MAKER, publish
from tests.domain.tasks.making import overtaken
from tests.domain.tasks.time_machine import TimeMachine, time_machine

__all__ = ["time_machine"]
pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def people(database: str) -> list[int]:
    found = await customers.ids_of([f"C{number:02d}" for number in range(20)])
    return [found[name] for name in sorted(found)]


async def rows(sql: str) -> list[Any]:
    return [row[0] for row in await database.fetch(sql)]


async def holds() -> None:
    assert await reconciliation.reconcile() == []


async def test_each_grant_has_a_code_of_its_own_and_they_run_out(people: list[int]) -> None:
    await benefit("coffee", codes=3)
    outcomes = await grant(*((customer, "coffee", f"s{customer}") for customer in people[:5]))
    assert [isinstance(one, Issued) for one in outcomes] == [True] * 3 + [False] * 2
    assert outcomes[3] == IssueFailure("benefit.out_of_stock")
    codes = {(await benefits.redeem(people[place], outcomes[place].grant_id)).code for place in range(3)}  # type: ignore[union-attr]
    assert codes == {"coffee-0000", "coffee-0001", "coffee-0002"}
    await holds()


async def test_twenty_at_once_run_for_five_codes(people: list[int]) -> None:
    await benefit("coffee", codes=5)
    outcomes = await asyncio.gather(*(grant((customer, "coffee", f"s{customer}")) for customer in people))
    assert sum(isinstance(one, Issued) for [one] in outcomes) == 5
    assert await database.fetchval("SELECT count(DISTINCT grant_id) FROM benefit_code") == 5
    await holds()


async def test_the_last_one_is_waited_for_not_given_twice(people: list[int]) -> None:
    await benefit("coffee", codes=1)
    [second] = await overtaken(lambda _: grant((people[0], "coffee", "a")), lambda: grant((people[1], "coffee", "b")))
    assert second == IssueFailure("benefit.out_of_stock")


async def test_one_source_is_granted_once_also_in_one_batch_and_at_once(people: list[int]) -> None:
    await benefit("coffee", codes=9)
    order = (people[0], "coffee", "same")
    first = await grant(order, order)
    again = await asyncio.gather(*(grant(order) for _ in range(5)))
    assert first[0] == first[1] == again[0][0]
    assert await database.fetchval("SELECT count(*) FROM benefit_grant") == 1
    await holds()


async def test_caps_of_stock_and_person(people: list[int]) -> None:
    await benefit("lounge", stock_mode="unlimited", stock=3, per_person=1, kind="lounge")
    one, two, three, four = people[:4]
    outcomes = await grant(*((who, "lounge", f"s{place}") for place, who in enumerate([one, one, two, three, four])))
    codes = [one.code if isinstance(one, IssueFailure) else None for one in outcomes]
    assert codes == [None, "benefit.personal_cap", None, None, "benefit.out_of_stock"]
    assert (await grant((one, "nowhere", "x")))[0] == IssueFailure("benefit.not_offered")
    with pytest.raises(RuleViolated):
        await benefit("lounge", stock_mode="unlimited", stock=2, kind="lounge")
    await holds()


async def test_codes_come_in_once_sealed_and_nobody_reads_them_in_the_database() -> None:
    await benefit("coffee")
    first = await benefits.import_codes(MAKER, "coffee", ["A-1", " A-1 ", "A-2"])
    again = await benefits.import_codes(MAKER, "coffee", ["A-2", "A-3"])
    assert [(one.imported, one.duplicates) for one in (first, again)] == [(2, 1), (1, 1)]
    assert not [sealed for sealed in await rows("SELECT sealed || digest FROM benefit_code") if b"A-" in sealed]


async def test_a_code_of_one_supplier_is_imported_under_one_benefit_only() -> None:
    await benefit("coffee")
    await benefit("tea")
    assert (await benefits.import_codes(MAKER, "coffee", ["A-1", "A-2"])).imported == 2
    again = await benefits.import_codes(MAKER, "tea", ["A-1", "A-3"])
    assert (again.imported, again.duplicates) == (1, 1)
    await publish(SUPPLIERS, "bakery", {"name": "面包房"})
    await benefit("bread", supplier="bakery")
    assert (await benefits.import_codes(MAKER, "bread", ["A-1"])).imported == 1
    assert await rows("SELECT supplier FROM benefit_code WHERE benefit = 'bread'") == ["bakery"]


async def test_two_imports_of_the_same_codes_in_any_order_both_end() -> None:
    await benefit("coffee")
    codes = [f"A-{number}" for number in range(3_000)]
    both = await asyncio.gather(
        benefits.import_codes(MAKER, "coffee", codes), benefits.import_codes(MAKER, "coffee", codes[::-1])
    )
    assert sum(one.imported for one in both) == 3_000


async def test_a_benefit_that_was_live_stays_with_its_supplier() -> None:
    await benefit("coffee")
    await publish(SUPPLIERS, "bakery", {"name": "面包房"})
    with pytest.raises(RuleViolated) as refused:
        await benefit("coffee", supplier="bakery")
    assert [fault.code for fault in refused.value.faults] == ["benefit.supplier_fixed"]


async def test_who_may_import_and_what(people: list[int]) -> None:
    await benefit("coffee")
    await benefit("lounge", stock_mode="unlimited")
    with pytest.raises(Forbidden):
        await benefits.import_codes(CHECKER, "coffee", ["A"])
    with pytest.raises(Conflict):
        await benefits.import_codes(MAKER, "lounge", ["A"])
    with pytest.raises(NotFound):
        await benefits.import_codes(MAKER, "nowhere", ["A"])
    with pytest.raises(BadInput) as refused:
        await benefits.import_codes(MAKER, "coffee", ["A", "  ", "x" * 201])
    assert [fault.path for fault in refused.value.faults] == ["codes[1]", "codes[2]"]
    assert await rows("SELECT id FROM benefit_code") == []


async def test_only_the_owner_redeems_and_every_showing_is_noted(people: list[int]) -> None:
    await benefit("coffee", codes=1)
    [made] = await grant((people[0], "coffee", "a"))
    assert isinstance(made, Issued)
    with pytest.raises(NotFound):
        await benefits.redeem(people[1], made.grant_id)
    before = await live.last_change(people[0])
    shown = [await benefits.redeem(people[0], made.grant_id) for _ in range(3)]
    assert {(one.code, one.how_to_use) for one in shown} == {("coffee-0000", "到店出示券码")}
    assert await database.fetchval("SELECT count(*) FROM code_showing WHERE grant_id = $1", made.grant_id) == 3
    assert [change.kind for change in await live.changes_after(people[0], before)] == ["benefit.changed"]
    [mine] = await benefits.grants_of(people[0], GrantState.REDEEMED, None, 10)
    assert (mine.name, mine.face_value_fen, mine.redeemed_at is not None) == ("咖啡券", 3_000, True)
    await holds()


async def test_what_is_over_is_neither_redeemed_nor_given_to_somebody_else(
    people: list[int], time_machine: TimeMachine
) -> None:
    await benefit("coffee", codes=2)
    made = await grant((people[0], "coffee", "a"), (people[1], "coffee", "b"))
    late, taken = (one.grant_id for one in made if isinstance(one, Issued))
    async with database.transaction() as connection:
        await customers.lock(connection, people)
        assert await benefits.void(connection, [taken], "clawback") == []
    with pytest.raises(Conflict, match=r"benefit\.voided"):
        await benefits.redeem(people[1], taken)
    time_machine(days=31)
    with pytest.raises(Conflict, match=r"benefit\.expired"):
        await benefits.redeem(people[0], late)
    assert [await benefits.expire(), await benefits.expire()] == [1, 0]
    assert await rows("SELECT state FROM benefit_grant ORDER BY id") == ["expired", "voided"]
    assert (await grant((people[2], "coffee", "c")))[0] == IssueFailure("benefit.out_of_stock")
    await holds()


async def test_days_end_at_midnight_in_shanghai(people: list[int]) -> None:
    await benefit("coffee", codes=1, validity={"days": 1})
    await grant((people[0], "coffee", "a"))
    [until] = await rows("SELECT valid_until FROM benefit_grant")
    local = until.astimezone(clock.SHANGHAI)
    assert (local.hour, local.minute, (local.date() - clock.today()).days) == (0, 0, 2)


async def test_nothing_is_granted_whose_validity_has_ended(people: list[int], time_machine: TimeMachine) -> None:
    until = clock.start_of_day(clock.today()) + timedelta(days=3)
    await benefit("coffee", codes=2, validity={"until": until.isoformat()})
    assert isinstance((await grant((people[0], "coffee", "a")))[0], Issued)
    time_machine(days=3)
    assert await grant((people[1], "coffee", "b")) == [IssueFailure("benefit.not_offered")]
    assert await rows("SELECT issued FROM benefit_stock") == [1]
    await holds()


async def test_a_suspended_supplier_brings_nothing_new_and_keeps_what_was_granted(people: list[int]) -> None:
    await benefit("coffee", codes=2)
    [made] = await grant((people[0], "coffee", "a"))
    await approvals.pause(SUPPLIERS, "coffee", CHECKER)
    assert (await grant((people[1], "coffee", "b")))[0] == IssueFailure("benefit.not_offered")
    assert isinstance(made, Issued)
    assert (await benefits.redeem(people[0], made.grant_id)).code


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"supplier": "nobody"}, "supplier"),
        ({"validity": {}}, "validity"),
        ({"validity": {"days": 3, "until": "2099-01-01T00:00:00+08:00"}}, "validity"),
        ({"validity": {"until": "2020-01-01T00:00:00+08:00"}}, "validity.until"),
        ({"stock": 5}, "stock"),
    ],
)
async def test_an_impossible_benefit_is_refused_by_path(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(RuleViolated) as refused:
        await benefit("bad", **changes)
    assert [fault.path for fault in refused.value.faults] == [path]
