"""Who stands on a list: from the moment they are put there until they are taken off, or their time is over."""

import asyncio
from datetime import timedelta

import pytest

from domain import approvals, risk
from domain.operators import OperatorIdentity, Role
from domain.risk import NewEntry
from kit import clock, database
from kit.errors import DomainError, NotFound
from tests.domain.coupons.stage import MAKER, new_customers
from tests.domain.imports.stage import faults, taken
from tests.domain.risk.stage import OFFICER, attempt, centre, claim, decide, decisions, live, origin, rule
from tests.domain.tasks.time_machine import TimeMachine, time_machine

__all__ = ["time_machine"]
pytestmark = pytest.mark.usefixtures("database")


def entry(
    list: str = "deny", kind: str = "device", value: str | None = "device-1", days: float = 1, **more: str
) -> NewEntry:
    until = clock.now() + timedelta(days=days)
    return NewEntry(list, kind, "批量抢券", until, value, **more)  # type: ignore[arg-type]


async def number_of(customer_id: int) -> str:
    found: str = await database.fetchval("SELECT customer_no FROM customer WHERE id = $1", customer_id)
    return found


async def test_a_device_is_denied_at_once_and_until_its_time_is_over(time_machine: TimeMachine) -> None:
    await centre()
    [customer] = await new_customers()
    assert await claim(customer, "a") == "made"
    await risk.add_to_list(OFFICER, entry())
    assert await claim(customer, "b") == "risk.denied"
    assert await claim(customer, "a") == "repeated"
    assert await claim(customer, "c", origin("device-2")) == "made"
    [found] = await decisions()
    assert (found["rule"], found["decision"], found["signals"]) == (None, "deny", {"listed": "deny", "by": ["device"]})
    time_machine(days=1, seconds=1)
    assert await claim(customer, "b") == "made"


async def test_an_entry_is_swept_when_it_is_over_and_then_nobody_looks(time_machine: TimeMachine) -> None:
    await risk.add_to_list(OFFICER, entry())
    await risk.catalogue.refresh()
    assert risk.catalogue.awake("claim")
    assert await risk.sweep() == 0
    time_machine(days=2)
    assert await risk.entries() == []
    assert await risk.sweep() == 1
    await live(rule("deny", actions=["exchange"]))
    assert not risk.catalogue.awake("claim")


@pytest.mark.parametrize(("kind", "value"), [("ip", "203.0.113.7"), ("openid", "openid-of-somebody"), ("customer", "")])
async def test_every_kind_of_subject_can_be_denied(kind: str, value: str) -> None:
    one, other = await new_customers(2)
    added = await risk.add_to_list(OFFICER, entry(kind=kind, value=value or await number_of(one)))
    mine = risk.Attempt(one, "claim", origin(), openid="openid-of-somebody")
    theirs = risk.Attempt(other, "claim", origin("device-9", "203.0.113.8"), openid="openid-of-nobody")
    assert await decide(mine, theirs) == ["risk.denied", None]
    assert added.entry.label == (await number_of(one) if kind == "customer" else added.entry.label)
    assert value == "" or value not in added.entry.label


async def test_an_address_is_the_same_however_it_is_written() -> None:
    [customer] = await new_customers()
    await risk.add_to_list(OFFICER, entry(kind="ip", value="2001:DB8:0::0001"))
    assert await decide(attempt(customer, origin(ip="2001:db8::1"))) == ["risk.denied"]


async def test_what_a_decision_shows_can_be_listed_by_its_digest() -> None:
    await live(rule("allow"))
    [customer] = await new_customers()
    assert await decide(attempt(customer)) == [None]
    shown = (await decisions())[0]["subjects"]["device"]
    await risk.add_to_list(OFFICER, entry(value=None, subject=shown))
    assert await decide(attempt(customer)) == ["risk.denied"]


async def test_to_be_allowed_goes_before_rules_and_to_be_denied_before_that() -> None:
    await live(rule("deny"))
    [customer] = await new_customers()
    await risk.add_to_list(OFFICER, entry("allow"))
    assert await decide(attempt(customer)) == [None]
    assert await decisions() == []
    await risk.add_to_list(OFFICER, entry("deny", "ip", "203.0.113.7"))
    assert await decide(attempt(customer)) == ["risk.denied"]


async def test_who_is_watched_is_a_signal_for_rules() -> None:
    await live(rule("review", when={"signal": "watched"}))
    [customer] = await new_customers()
    await risk.add_to_list(OFFICER, entry("watch"))
    assert await decide(attempt(customer), attempt(customer, origin("device-2"))) == ["risk.review", None]


async def test_putting_somebody_there_again_renews_the_entry_and_taking_off_ends_it() -> None:
    [customer] = await new_customers()
    first = await risk.add_to_list(OFFICER, entry())
    again = await risk.add_to_list(OFFICER, entry(days=9))
    assert (again.created, again.entry.id, again.entry.until > first.entry.until) == (False, first.entry.id, True)
    await risk.take_off_list(OFFICER, first.entry.id, "误伤")
    assert await decide(attempt(customer)) == [None]
    with pytest.raises(NotFound):
        await risk.take_off_list(OFFICER, first.entry.id, "误伤")
    rows = await database.fetch("SELECT action, detail::jsonb ->> 'reason' FROM audit_entry ORDER BY number")
    assert [tuple(row) for row in rows][-3:] == [
        ("risk_list.add", "批量抢券"),
        ("risk_list.add", "批量抢券"),
        ("risk_list.remove", "误伤"),
    ]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (lambda: entry(kind="ip", value="my house"), "risk_list.impossible"),
        (lambda: entry(days=-1), "risk_list.impossible"),
        (lambda: entry(value=None), "risk_list.impossible"),
        (lambda: entry(subject="0" * 32), "risk_list.impossible"),
        (lambda: entry(kind="customer", value=None, subject="0" * 32), "risk_list.impossible"),
        (lambda: entry(kind="customer", value="nobody"), "customer.not_found"),
    ],
)
async def test_what_cannot_be_listed_is_refused_and_changes_nothing(written: object, code: str) -> None:
    before = await approvals.current_revision()
    with pytest.raises(DomainError) as refused:
        await risk.add_to_list(OFFICER, written())  # type: ignore[operator]
    assert refused.value.code == code
    assert await risk.entries() == []
    assert await approvals.current_revision() == before


async def test_lists_are_head_offices_and_ask_for_a_role() -> None:
    branch = OperatorIdentity(5, "b", "分行", frozenset(Role), "SH")
    support = OperatorIdentity(6, "s", "客服", frozenset({Role.SUPPORT}), "HQ")
    for operator, code in ((branch, "operator.head_office_only"), (support, "operator.missing_role")):
        with pytest.raises(DomainError) as refused:
            await risk.add_to_list(operator, entry())
        assert refused.value.code == code


async def test_a_file_puts_many_there_and_says_which_rows_it_did_not_take() -> None:
    one, other = await new_customers(2)
    number, later = await number_of(one), clock.local_text(clock.now() + timedelta(days=9))
    rows = [
        f"customer,{number},刷单,{later}",
        f"ip,203.0.113.7,机房,{later}",
        f"ip,203.0.113.7,机房地址,{later}",
        f"ip,nowhere,机房,{later}",
        f"customer,nobody,刷单,{later}",
        "device,device-7,刷单,2020-01-01T00:00:00+08:00",
        f"robot,x,刷单,{later}",
    ]
    content = "kind,value,reason,until\n" + "\n".join(rows)
    file = await taken("risk_lists", content, "deny")
    assert (file.state, file.accepted, file.duplicates, file.faulty) == ("done", 2, 1, 4)
    assert {(number, code) for number, _, code in await faults(file)} == {
        (4, "risk_list.no_address"),
        (5, "customer.not_found"),
        (6, "risk_list.over"),
        (7, "row.invalid"),
    }
    away = origin("device-8", "198.51.100.1")
    assert await decide(attempt(one, away), attempt(other, away), attempt(other)) == [
        "risk.denied",
        None,
        "risk.denied",
    ]
    found = [(e.list, e.kind, e.reason, e.operator_id) for e in await risk.entries()]
    assert sorted(found) == [
        ("deny", "customer", "刷单", MAKER.operator_id),
        ("deny", "ip", "机房地址", MAKER.operator_id),
    ]


async def test_a_dry_run_of_a_file_lists_nobody() -> None:
    later = clock.local_text(clock.now() + timedelta(days=9))
    file = await taken("risk_lists", f"kind,value,reason,until\nip,203.0.113.7,机房,{later}\n", "watch", dry_run=True)
    assert (file.accepted, await risk.entries()) == (1, [])


@pytest.mark.parametrize("target", [None, "nobody"])
async def test_a_file_for_no_list_is_refused(target: str | None) -> None:
    with pytest.raises(DomainError) as refused:
        await taken("risk_lists", "kind\n", target)
    assert refused.value.code == "import.no_target"


async def test_two_who_list_the_same_at_once_make_one_entry() -> None:
    added = await asyncio.gather(*(risk.add_to_list(OFFICER, entry(days=n)) for n in range(1, 5)))
    assert sum(one.created for one in added) == 1
    assert len(await risk.entries()) == 1
