"""Taking a WeChat identity off a card: who may, what ends, what stays, and binding again."""

import asyncio

import pytest

from domain import consents, customers, events
from domain.consents import Decision, Purpose
from domain.customers import CustomerSubject, identities, load_session, unbind
from kit import database
from kit.errors import NotFound
from tests.domain.customers.partners import HOLDER, Bank, bound, visitor
from tests.domain.tasks.making import experience_of, overtaken, settle, state_of, status, task
from tests.domain.tasks.time_machine import TimeMachine

CUSTOMER = HOLDER.customer_no


async def told() -> list[bool]:
    """Every value of `wechat.bound` that was told, in order."""
    await settle()
    return [
        row[0] for row in await database.fetch("SELECT (attributes->>'value')::boolean FROM event ORDER BY occurred_at")
    ]


def identity_of(subject: CustomerSubject) -> int:
    assert subject.identity_id is not None
    return subject.identity_id


async def test_every_session_of_the_identity_ends_and_the_customer_keeps_everything(bank: Bank) -> None:
    await task("bind", status("wechat.bound"), rewards=[{"experience": 100}])
    first = await bound()
    second = await visitor()  # the same WeChat on another phone
    await settle()
    ended = await unbind(first.customer_id, identity_of(first))
    assert set(ended) == {first.session_id, second.session_id}
    assert [await load_session(one) for one in ended] == [None, None]
    assert await told() == [True, False]
    assert (await state_of(CUSTOMER, "bind"), await experience_of(CUSTOMER)) == ("rewarded", 100)
    assert (await customers.profile(first.customer_id)).name == HOLDER.name
    assert await identities(first.customer_id) == []
    stranger = await visitor()
    assert (stranger.bound, stranger.customer_id != first.customer_id) == (False, True)


async def test_it_may_be_bound_again_and_is_told_again(bank: Bank, time_machine: TimeMachine) -> None:
    first = await bound()
    time_machine(seconds=1)
    await unbind(first.customer_id, identity_of(first))
    time_machine(seconds=1)
    again = await bound()
    assert (again.customer_id, again.identity_id) == (first.customer_id, first.identity_id)
    assert await told() == [True, False, True]
    statuses = await events_statuses(first.customer_id)
    assert statuses == {"wechat.bound": True}


async def events_statuses(customer_id: int) -> dict[str, object]:
    async with database.connection() as connection:
        return (await events.statuses(connection, [customer_id], {"wechat.bound"}))[customer_id]


async def test_of_several_identities_only_the_last_one_makes_the_customer_unbound(
    bank: Bank, time_machine: TimeMachine
) -> None:
    mini, h5 = await bound("openid1"), await bound("openid2", "wechat_h5")
    assert mini.customer_id == h5.customer_id
    listed = await identities(mini.customer_id)
    assert [(one.channel, one.subject) for one in listed] == [("wechat_mini", "openid1"), ("wechat_h5", "openid2")]
    time_machine(seconds=1)
    await unbind(mini.customer_id, identity_of(mini))
    assert await told() == [True, True]
    assert await load_session(h5.session_id) == h5
    time_machine(seconds=1)
    await unbind(h5.customer_id, identity_of(h5))
    assert await told() == [True, True, False]


async def test_both_unbound_at_once_are_told_once(bank: Bank) -> None:
    mini, h5 = await bound("openid1"), await bound("openid2", "wechat_h5")
    await asyncio.gather(*(unbind(mini.customer_id, identity_of(one)) for one in (mini, h5)))
    assert sorted(await told()) == [False, True, True]


async def test_nobody_unbinds_what_is_not_theirs(bank: Bank) -> None:
    mine, loose = await bound("openid1"), await visitor("openid2")
    for subject, wanted in ((loose, mine), (loose, loose), (mine, loose)):
        with pytest.raises(NotFound) as refused:
            await unbind(subject.customer_id, identity_of(wanted))
        assert refused.value.code == "identity.not_found"
    assert await load_session(mine.session_id) == mine
    assert await load_session(loose.session_id) == loose


async def test_unbinding_twice_at_once_happens_once(bank: Bank) -> None:
    mine = await bound()
    outcomes = await asyncio.gather(
        *(unbind(mine.customer_id, identity_of(mine)) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(outcome, NotFound) for outcome in outcomes) == 3
    assert sorted(await told()) == [False, True]


async def test_whoever_signs_in_while_it_is_unbound_is_a_visitor(bank: Bank) -> None:
    mine = await bound()
    late = await overtaken(lambda _connection: unbind(mine.customer_id, identity_of(mine)), visitor)
    assert (late.bound, late.customer_id != mine.customer_id) == (False, True)


async def test_what_the_visitor_decided_is_the_customers_after_binding(bank: Bank) -> None:
    before = await visitor()
    async with database.transaction() as connection:
        await customers.lock(connection, [before.customer_id])
        await consents.record(connection, [Decision(before.customer_id, Purpose.PRIVACY, True, "wechat_mini")])
    after = await bound()
    assert after.customer_id != before.customer_id
    async with database.connection() as connection:
        assert await consents.granted(connection, [after.customer_id], Purpose.PRIVACY) == {after.customer_id}
