"""An exit: what was granted stays usable, or something else takes its place."""

from typing import Any

import pytest

from domain import approvals, benefits, customers, reconciliation, suppliers
from domain.benefits import BENEFITS, SUPPLIERS, GrantState, Issued
from kit import database
from kit.errors import Conflict, RuleViolated
from tests.domain.benefits.stage import benefit, grant
from tests.domain.coupons.stage import CHECKER, MAKER, publish
from tests.domain.suppliers.twin import Twin

pytestmark = pytest.mark.usefixtures("database")


async def leaving(people: list[int], substitute: str = "tea", **tea: Any) -> list[int]:
    """Three grants of a supplier that names what takes their place; the second was shown."""
    await benefit("coffee", codes=3)
    await publish(SUPPLIERS, "teahouse", {"name": "茶馆"})
    await benefit("tea", supplier="teahouse", **{"stock_mode": "unlimited", **tea})
    made = await grant(*((customer, "coffee", f"s{customer}") for customer in people[:3]))
    ids = [one.grant_id for one in made if isinstance(one, Issued)]
    await benefits.redeem(people[1], ids[1])
    await publish(SUPPLIERS, "coffee", {"name": "咖啡连锁", "exit": {"substitute": {"coffee": substitute}}})
    return ids


async def states(code: str) -> list[str]:
    return [
        row[0] for row in await database.fetch("SELECT state FROM benefit_grant WHERE benefit = $1 ORDER BY id", code)
    ]


async def test_what_nobody_was_shown_is_substituted_once_and_its_history_says_so(people: list[int]) -> None:
    first, shown, _ = await leaving(people)
    assert await suppliers.substitute() == 0, "not before the exit"
    await approvals.end(SUPPLIERS, "coffee", CHECKER)
    assert [await suppliers.substitute(), await suppliers.substitute()] == [2, 0]
    assert (await states("coffee"), await states("tea")) == (["voided", "redeemed", "voided"], ["granted"] * 2)
    history = await database.fetch("SELECT after, reason FROM benefit_move WHERE grant_id = $1 ORDER BY id", first)
    assert [tuple(row) for row in history] == [("granted", "test"), ("voided", "substituted")]
    with pytest.raises(Conflict, match=r"benefit\.replaced"):
        await benefits.redeem(people[0], first)
    new, old = await benefits.grants_of(people[0], None, None, 10)
    assert (old.substitute_id, new.benefit, new.state) == (new.id, "tea", GrantState.GRANTED)
    assert (await benefits.redeem(people[1], shown)).code
    assert await reconciliation.reconcile() == []


async def test_a_substitute_counts_against_no_personal_cap_and_where_none_is_left_the_old_one_stays(
    people: list[int],
) -> None:
    ids = await leaving(people, per_person=1, stock=2)
    await grant((people[0], "tea", "own"))
    await approvals.end(SUPPLIERS, "coffee", CHECKER)
    assert await suppliers.substitute() == 1
    assert await states("coffee") == ["voided", "redeemed", "granted"]
    assert (await benefits.redeem(people[2], ids[2])).code
    assert await reconciliation.reconcile() == []


async def test_taking_back_reaches_the_substitute(people: list[int]) -> None:
    first, _, third = await leaving(people)
    await approvals.end(SUPPLIERS, "coffee", CHECKER)
    await suppliers.substitute()
    substitute = (await benefits.grants_of(people[2], GrantState.GRANTED, None, 10))[0].id
    await benefits.redeem(people[2], substitute)
    async with database.transaction() as connection:
        await customers.lock(connection, people)
        [kept] = await benefits.void(connection, [first, third], "clawback")
    assert (kept.grant_id, kept.state) == (third, GrantState.REDEEMED)
    assert await states("tea") == ["voided", "redeemed"]


async def test_what_was_never_asked_for_is_substituted_too(twin: Twin, people: list[int]) -> None:
    await publish(SUPPLIERS, "teahouse", {"name": "茶馆"})
    await benefit("tea", supplier="teahouse", stock_mode="unlimited")
    await twin.admit(exit={"substitute": {"ticket": "tea"}})
    await benefit("ticket", stock_mode="supplier_api", supplier="films")
    await grant((people[0], "ticket", "a"))
    await approvals.end(SUPPLIERS, "films", CHECKER)
    assert await suppliers.ask_suppliers() == 0
    assert await suppliers.substitute() == 1
    assert (await states("ticket"), await states("tea")) == (["voided"], ["granted"])
    assert await twin.calls("/issues") == []
    assert await reconciliation.reconcile() == []


@pytest.mark.parametrize("substitute", ["nothing", "coffee"])
async def test_a_substitute_is_a_live_benefit_of_somebody_else(people: list[int], substitute: str) -> None:
    with pytest.raises(RuleViolated) as refused:
        await leaving(people, substitute)
    assert [fault.path for fault in refused.value.faults] == ["exit.substitute.coffee"]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"public_key": "no key"}, "public_key"),
        ({"api": {"url": "ftp://there/api"}}, "api.url"),
        ({"api": {"url": "https:///nowhere"}}, "api.url"),
        ({"api": {"url": "https://there/?a=1"}}, "api.url"),
    ],
)
async def test_an_impossible_supplier_is_refused_by_path(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(RuleViolated) as refused:
        await publish(SUPPLIERS, "bad", {"name": "x", **changes})
    assert [fault.path for fault in refused.value.faults] == [path]


async def test_the_address_stays_while_it_is_needed(twin: Twin, people: list[int]) -> None:
    with pytest.raises(RuleViolated) as refused:
        await benefit("early", stock_mode="supplier_api")
    assert [fault.code for fault in refused.value.faults] == ["benefit.supplier_api"]
    await twin.admit()
    await benefit("ticket", stock_mode="supplier_api", supplier="films")
    with pytest.raises(RuleViolated) as refused:
        await publish(SUPPLIERS, "films", {"name": "电影票务"})
    assert [fault.code for fault in refused.value.faults] == ["supplier.api"]
    assert (await approvals.read("suppliers", "films", MAKER)).latest.state == "live"
    await grant((people[0], "ticket", "a"))
    await approvals.end(BENEFITS, "ticket", CHECKER)
    with pytest.raises(RuleViolated):
        await publish(SUPPLIERS, "films", {"name": "电影票务"})
    await suppliers.ask_suppliers()
    await publish(SUPPLIERS, "films", {"name": "电影票务"})
