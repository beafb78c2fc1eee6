"""Consents: the latest decision counts, nothing is ever changed, nobody else's is touched."""

import asyncio

import pytest

from domain import consents, customers
from domain.consents import DOCUMENTS, Decision, Document, Purpose
from kit import database
from tests.domain.coupons.stage import new_customers
from tests.domain.tasks.time_machine import TimeMachine, time_machine

__all__ = ["time_machine"]
pytestmark = pytest.mark.usefixtures("database")


async def decide(*decisions: tuple[int, Purpose, bool], via: str = "h5") -> None:
    async with database.transaction() as connection:
        await customers.lock(connection, {one[0] for one in decisions})
        await consents.record(connection, [Decision(*one, via) for one in decisions])


async def granted(purpose: Purpose, *ids: int) -> set[int]:
    async with database.connection() as connection:
        return await consents.granted(connection, ids, purpose)


async def entries() -> int:
    return int(await database.fetchval("SELECT count(*) FROM consent"))


async def test_without_an_entry_only_personalisation_holds() -> None:
    [one] = await new_customers()
    held = {purpose for purpose in Purpose if await granted(purpose, one)}
    assert held == {Purpose.PERSONALISATION}
    standings = {standing.purpose: standing for standing in await consents.standings(one)}
    assert list(standings) == list(Purpose)
    assert {p for p, s in standings.items() if s.granted} == held
    assert {(s.since, s.document_version, s.outdated) for s in standings.values()} == {(None, None, False)}


async def test_the_latest_decision_of_each_purpose_counts_for_its_customer_alone() -> None:
    one, two = await new_customers(2)
    await decide((one, Purpose.MARKETING_SMS, True), (two, Purpose.PERSONALISATION, False))
    assert await granted(Purpose.MARKETING_SMS, one, two) == {one}
    assert await granted(Purpose.MARKETING_PUSH, one, two) == set()
    assert await granted(Purpose.PERSONALISATION, one, two) == {one}
    await decide((one, Purpose.MARKETING_SMS, False), (two, Purpose.PERSONALISATION, True))
    assert await granted(Purpose.MARKETING_SMS, one, two) == set()
    assert await granted(Purpose.PERSONALISATION, one, two) == {one, two}
    assert await entries() == 4
    assert await granted(Purpose.PRIVACY) == set()


async def test_the_same_decision_again_writes_nothing_even_at_once() -> None:
    [one] = await new_customers()
    await asyncio.gather(*(decide((one, Purpose.PRIVACY, True)) for _ in range(6)))
    await decide((one, Purpose.PRIVACY, True), via="sms")
    assert await entries() == 1


async def test_of_two_decisions_in_one_call_the_last_counts() -> None:
    [one] = await new_customers()
    await decide((one, Purpose.PRIVACY, True), (one, Purpose.PRIVACY, False))
    assert await granted(Purpose.PRIVACY, one) == set()
    assert await entries() == 1


async def test_a_new_text_is_decided_anew_and_since_stays(
    monkeypatch: pytest.MonkeyPatch, time_machine: TimeMachine
) -> None:
    [one] = await new_customers()
    await decide((one, Purpose.PRIVACY, False))
    time_machine(hours=1)
    await decide((one, Purpose.PRIVACY, True))
    before = {s.purpose: s for s in await consents.standings(one)}[Purpose.PRIVACY]
    monkeypatch.setitem(DOCUMENTS, Purpose.PRIVACY, Document("next", "隐私政策", "新的内容"))
    assert before.outdated
    assert await granted(Purpose.PRIVACY, one) == {one}
    time_machine(hours=1)
    await decide((one, Purpose.PRIVACY, True))
    after = {s.purpose: s for s in await consents.standings(one)}[Purpose.PRIVACY]
    assert (after.document_version, after.outdated, after.since) == ("next", False, before.since)
    assert await entries() == 3


async def test_a_visitors_decisions_are_taken_over_where_the_customer_made_none() -> None:
    visitor, customer = await new_customers(2)
    await decide((visitor, Purpose.PRIVACY, False), (visitor, Purpose.MARKETING_SMS, True))
    await decide((visitor, Purpose.PRIVACY, True))
    await decide((customer, Purpose.MARKETING_SMS, False), via="bank_app")
    for _ in range(2):
        async with database.transaction() as connection:
            await customers.lock(connection, [visitor, customer])
            await consents.carry_over(connection, visitor, customer)
    assert await granted(Purpose.PRIVACY, customer) == {customer}
    assert await granted(Purpose.MARKETING_SMS, customer) == set()
    assert await entries() == 5


async def test_bound_identities_by_channel() -> None:
    one, two = await new_customers(2)
    await database.execute(
        """INSERT INTO identity (channel, subject, customer_id, created_at, bound_at) VALUES
           ('wechat_mini', 'later', $1, now(), now()), ('wechat_mini', 'first', $1, now(), now() - interval '1 day'),
           ('wechat_h5', 'h5', $1, now(), now()), ('wechat_mini', 'loose', $2, now(), NULL)""",
        one,
        two,
    )
    async with database.connection() as connection:
        assert await customers.identities_of(connection, [one, two], "wechat_mini") == {one: ["first", "later"]}
        assert await customers.identities_of(connection, [two], "wechat_h5") == {}
