"""Attempts are decided by the first rule that fits, whoever comes at the same time, and it is written down."""

import asyncio
from datetime import timedelta

import pytest

from domain import coupons, risk
from domain.coupons import OfferClaim
from kit import clock, database
from kit.errors import DomainError, TooOften
from tests.domain.coupons.stage import new_customers
from tests.domain.risk.stage import (
    ALWAYS,
    HIT,
    attempt,
    centre,
    claim,
    decide,
    decisions,
    live,
    origin,
    refusals,
    rule,
)
from tests.domain.tasks.making import overtaken
from tests.domain.tasks.time_machine import TimeMachine, time_machine

__all__ = ["time_machine"]
pytestmark = pytest.mark.usefixtures("database")


async def test_where_no_rule_is_live_and_nobody_listed_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    [customer] = await new_customers()
    async with database.transaction() as connection:
        assert await risk.decide(_Untouchable(), {0: attempt(customer)}) == {}  # type: ignore[arg-type]
        assert await connection.fetchval("SELECT count(*) FROM risk_decision") == 0


class _Untouchable:
    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"the database was asked: {name}")


async def test_a_rule_that_denies_keeps_a_coupon_from_being_made_and_is_on_record() -> None:
    await centre()
    version = await live(rule("deny", "没有理由"))
    [customer] = await new_customers()
    assert await claim(customer, "k1") == "risk.denied"
    assert await database.fetchval("SELECT count(*) FROM coupon") == 0
    [found] = await decisions()
    assert {
        name: found[name] for name in ("customer_id", "action", "rule", "version", "decision", "shadow", "passed")
    } == {
        "customer_id": customer,
        "action": "coupon_claim",
        "rule": "没有理由",
        "version": version.version,
        "decision": "deny",
        "shadow": False,
        "passed": False,
    }
    assert found["signals"] == {"known.customer": True}
    assert found["subjects"].keys() == {"customer", "device", "ip", "network"}
    assert "device-1" not in str(found)
    assert "203.0.113" not in str(found)


async def test_a_rule_for_other_actions_is_none_for_this_one() -> None:
    await live(rule("deny", actions=["sign_in"]))
    [customer] = await new_customers()
    assert await decide(attempt(customer), attempt(customer, action="sign_in")) == [None, "risk.denied"]


async def test_a_repeat_gets_what_it_got_whatever_the_rules_say_since() -> None:
    await centre()
    [customer] = await new_customers()
    assert await claim(customer, "k1") == "made"
    await live(rule("deny"))
    assert await claim(customer, "k1") == "repeated"
    assert await claim(customer, "k2") == "risk.denied"
    assert len(await decisions()) == 1


async def test_attempts_of_one_batch_see_those_before_them() -> None:
    await live(rule("deny", when=HIT))
    people = await new_customers(4)
    elsewhere = attempt(people[0], origin("device-2"))
    found = await decide(*(attempt(one) for one in people), elsewhere)
    assert found == [None, None, "risk.denied", "risk.denied", None]


async def test_what_was_attempted_before_counts_until_the_window_is_over(time_machine: TimeMachine) -> None:
    await live(rule("deny", when=HIT))
    [customer] = await new_customers()
    assert [await decide(attempt(customer)) for _ in range(3)] == [[None], [None], ["risk.denied"]]
    time_machine(seconds=61)
    assert await decide(attempt(customer)) == [None]


@pytest.mark.parametrize(
    ("by", "same", "other"),
    [
        ("ip", origin("a-device"), origin("a-device", "203.0.113.8")),
        ("network", origin("a-device", "203.0.113.99"), origin("a-device", "203.0.114.7")),
        ("network", origin("a-device", "2001:db8::1"), origin("a-device", "2001:db8:0:1::1")),
    ],
)
async def test_addresses_and_their_networks_are_told_apart(by: str, same: risk.Origin, other: risk.Origin) -> None:
    await live(rule("deny", when={**HIT, "by": by, "at_least": 2}))
    people = await new_customers(3)
    first = same if by == "ip" else origin("b-device", "203.0.113.1" if "." in str(same.ip) else "2001:db8::2")
    found = await decide(attempt(people[0], first), attempt(people[1], same), attempt(people[2], other))
    assert found == [None, "risk.denied", None]


async def test_several_people_at_one_device_are_counted_as_people() -> None:
    await live(rule("deny", when={"signal": "customers", "by": "device", "seconds": 3600, "at_least": 3}))
    first, second, third = await new_customers(3)
    assert await decide(*[attempt(first)] * 5, *[attempt(second)] * 5) == [None] * 10
    assert await decide(attempt(third), attempt(first)) == ["risk.denied", "risk.denied"]


async def test_pauses_that_are_all_alike_are_a_machines() -> None:
    await live(
        rule(
            "deny", when={"signal": "regular_timing", "by": "customer", "seconds": 3600, "attempts": 5, "spread_ms": 50}
        )
    )
    machine, person = await new_customers(2)
    began = clock.now()
    for turn, late in enumerate((0.0, 1.2, 0.3, 2.5, 0.9)):
        steady, human = began + timedelta(seconds=2 * turn), began + timedelta(seconds=2 * turn + late)
        found = await decide(attempt(machine, origin(at=steady)), attempt(person, origin(at=human)))
        assert found == ["risk.denied" if turn == 4 else None, None]
    assert (await decisions())[0]["signals"] == {"regular_timing.customer.5": 0}


async def test_the_age_of_an_account_is_in_days(time_machine: TimeMachine) -> None:
    await live(rule("deny", when={"signal": "account_age_days", "at_most": 2}))
    [customer] = await new_customers()
    assert await decide(attempt(customer)) == ["risk.denied"]
    time_machine(days=3)
    assert await decide(attempt(customer)) == [None]


async def test_a_shadow_writes_down_whom_it_would_have_met_and_lets_them_pass() -> None:
    await live(rule("deny", "影子", shadow=True), rule("allow", "放行"), rule("deny", "其余"))
    [customer] = await new_customers()
    assert await decide(attempt(customer)) == [None]
    found = [(one["rule"], one["decision"], one["shadow"], one["passed"]) for one in await decisions()]
    assert found == [("影子", "deny", True, True), ("放行", "allow", False, True)]


async def test_nothing_is_written_of_who_met_no_rule() -> None:
    await live(rule("deny", when={**ALWAYS, "by": "openid"}))
    [customer] = await new_customers()
    assert await decide(attempt(customer)) == [None]
    assert await decisions() == []


async def test_a_cap_lets_so_many_through_and_says_when_again(time_machine: TimeMachine) -> None:
    await live(rule("limit", limit={"at_most": 2, "seconds": 100, "by": "device"}))
    people = await new_customers(3)
    assert await decide(attempt(people[0])) == [None]
    time_machine(seconds=40)
    assert await decide(attempt(people[1]), attempt(people[2])) == [None, "risk.limited"]
    [refused] = await refusals(attempt(people[2]))
    assert isinstance(refused, TooOften)
    assert 40 <= refused.details["retry_after_seconds"] <= 61
    time_machine(seconds=61)
    # Of those two, one is over; who was refused did not go through and does not count.
    assert await decide(attempt(people[2]), attempt(people[2])) == [None, "risk.limited"]


async def test_a_delay_lets_through_once_who_comes_back_after_it(time_machine: TimeMachine) -> None:
    await live(rule("limit", limit={"delay_seconds": 30}))
    [customer] = await new_customers()
    assert await decide(attempt(customer), attempt(customer)) == ["risk.limited", "risk.limited"]
    time_machine(seconds=10)
    [refused] = await refusals(attempt(customer))
    assert refused is not None
    assert 5 <= refused.details["retry_after_seconds"] <= 20
    time_machine(seconds=20)
    assert await decide(attempt(customer), attempt(customer)) == [None, "risk.limited"]
    time_machine(hours=2)
    assert await decide(attempt(customer)) == ["risk.limited"]


async def test_however_many_processes_ask_at_once_a_cap_is_kept() -> None:
    await centre()
    await live(rule("limit", limit={"at_most": 5, "seconds": 600, "by": "device"}))
    people = await new_customers(40)

    async def process(some: list[int]) -> list[object]:
        wanted = [OfferClaim(one, "free7", "k", origin()) for one in some]
        return [
            answer
            for place in range(0, len(wanted), 2)
            for answer in await coupons.claim_offer(wanted[place : place + 2])
        ]

    outcomes = [one for found in await asyncio.gather(*(process(people[n::4]) for n in range(4))) for one in found]
    refused = [one.code for one in outcomes if isinstance(one, DomainError)]
    assert refused == ["risk.limited"] * 35
    assert await database.fetchval("SELECT count(*) FROM coupon") == 5


async def test_who_asks_while_another_has_not_committed_waits_and_then_sees_it() -> None:
    await live(rule("deny", when={**HIT, "at_least": 2}))
    first, second = await new_customers(2)
    assert await overtaken(
        lambda connection: risk.decide(connection, {0: attempt(first)}), lambda: decide(attempt(second))
    ) == ["risk.denied"]


async def test_batches_that_meet_at_several_devices_do_not_deadlock() -> None:
    await live(rule("deny", when=HIT), rule("limit", "two", limit={"at_most": 900, "seconds": 60, "by": "ip"}))
    people = await new_customers(60)
    devices = [origin(f"device-{n:02}") for n in range(30)]
    batches = [[attempt(one, devices[(one * turn) % 30]) for one in people[turn::6]] for turn in range(6)]
    found = await asyncio.gather(*(decide(*(batch if n % 2 else batch[::-1])) for n, batch in enumerate(batches)))
    assert sum(len(codes) for codes in found) == 60
