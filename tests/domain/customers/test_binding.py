"""Binding a WeChat identity to a card: by the phone WeChat vouches for, or by a one-time code."""

import asyncio
import re

import pytest

from domain import customers, events
from domain.customers import CustomerSubject, bind, load_session, send_binding_code, sign_in_by_ticket
from domain.facts import IdentityBound
from kit import clock, database
from kit.errors import Conflict, DomainError, RuleViolated, Unavailable
from tests.domain.customers.partners import HOLDER, PHONE, Bank, visitor
from tests.domain.tasks.making import experience_of, overtaken, settle, state_of, status, task
from tests.domain.tasks.time_machine import TimeMachine

LAST4 = "5770"
CUSTOMER = HOLDER.customer_no


async def by_phone(subject: CustomerSubject, last4: str = LAST4) -> customers.SignedIn:
    openid = await database.fetchval("SELECT subject FROM identity WHERE id = $1", subject.identity_id)
    return await bind(subject, last4, phone_code=f"phone-of-{openid}", otp=None, hours=24)


async def by_otp(subject: CustomerSubject, otp: str, last4: str = LAST4) -> customers.SignedIn:
    return await bind(subject, last4, phone_code=None, otp=otp, hours=24)


async def refusal_of(subject: CustomerSubject, otp: str) -> str:
    with pytest.raises(DomainError) as refused:
        await by_otp(subject, otp)
    return refused.value.code


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


async def test_binding_by_phone_moves_the_identity_and_the_session_follows(bank: Bank) -> None:
    before = await visitor()
    bound = await by_phone(before)
    after = await load_session(bound.session_id)
    assert after is not None
    assert (after.bound, after.identity_id, after.channel) == (True, before.identity_id, "wechat_mini")
    assert after.customer_id == await customers.id_of(CUSTOMER) != before.customer_id
    assert (await customers.profile(after.customer_id)).name == "何小明"
    assert await load_session(before.session_id) is None
    assert (await visitor()).customer_id == after.customer_id


async def test_it_joins_the_customer_the_banks_app_knows(bank: Bank) -> None:
    by_app = await sign_in_by_ticket(f"t1:{CUSTOMER}", 24)
    assert (await by_phone(await visitor())).customer_id == by_app.customer_id


async def test_a_bound_identity_completes_the_task_that_asks_for_it(bank: Bank) -> None:
    await task("bind", status("wechat.bound"), rewards=[{"experience": 100}])
    await by_phone(await visitor())
    await settle()
    assert (await state_of(CUSTOMER, "bind"), await experience_of(CUSTOMER)) == ("rewarded", 100)
    row = await database.fetchrow("SELECT source, event_id, type FROM event")
    assert row is not None
    assert (row["source"], row["type"]) == ("cardquest", "status")


async def test_a_binding_told_again_is_one_event(bank: Bank) -> None:
    await by_phone(await visitor())
    identity_id = await database.fetchval("SELECT id FROM identity")
    fact = IdentityBound(identity_id, CUSTOMER, clock.now())
    for _ in range(2):
        async with database.transaction() as connection:
            await events.tell_bound(connection, [fact, fact])
    assert await database.fetchval("SELECT count(*) FROM event") == 1


async def test_binding_again_is_not_needed(bank: Bank) -> None:
    before = await visitor()
    bound = await load_session((await by_phone(before)).session_id)
    assert bound is not None
    for subject in (before, bound):
        with pytest.raises(Conflict) as refused:
            await by_phone(subject)
        assert refused.value.code == "binding.not_needed"
    by_app = await load_session((await sign_in_by_ticket(f"t1:{CUSTOMER}", 24)).session_id)
    assert by_app is not None
    with pytest.raises(Conflict):
        await bind(by_app, LAST4, phone_code="phone-of-x", otp=None, hours=24)


async def test_two_bindings_at_once_bind_once_and_tell_once(bank: Bank) -> None:
    subject = await visitor()
    outcomes = await asyncio.gather(*(by_phone(subject) for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 5
    assert await database.fetchval("SELECT count(*) FROM outbox WHERE fact = 'IdentityBound'") == 1
    assert await database.fetchval("SELECT count(*) FROM customer_session WHERE revoked_at IS NULL") == 1


async def test_a_card_that_is_not_that_phones_binds_nothing(bank: Bank) -> None:
    subject = await visitor()
    with pytest.raises(RuleViolated) as refused:
        await by_phone(subject, "0000")
    assert refused.value.code == "binding.no_such_card"
    assert await load_session(subject.session_id) == subject


async def test_binding_by_the_code_that_was_sent(bank: Bank) -> None:
    subject = await visitor()
    until = await send_binding_code(subject, PHONE)
    [(phone, text, _)] = bank.sent
    assert phone == PHONE
    assert re.search(r"验证码是\d{6}", text)
    assert round((until - clock.now()).total_seconds()) == 300
    assert bank.last_code() not in str(await database.fetch("SELECT * FROM binding_code"))
    bound = await by_otp(subject, bank.last_code())
    assert bound.customer_id == await customers.id_of(CUSTOMER)


async def test_a_code_works_once(bank: Bank) -> None:
    subject = await visitor()
    await send_binding_code(subject, PHONE)
    with pytest.raises(RuleViolated, match=r"binding\.no_such_card"):
        await by_otp(subject, bank.last_code(), "0000")
    assert await refusal_of(subject, bank.last_code()) == "binding.wrong_code"


async def test_five_attempts_and_no_more(bank: Bank, time_machine: TimeMachine) -> None:
    subject = await visitor()
    await send_binding_code(subject, PHONE)
    right = bank.last_code()
    for _ in range(5):
        assert await refusal_of(subject, wrong(right)) == "binding.wrong_code"
    assert await refusal_of(subject, right) == "binding.wrong_code"
    time_machine(seconds=61)
    await send_binding_code(subject, PHONE)
    assert (await by_otp(subject, bank.last_code())).customer_id == await customers.id_of(CUSTOMER)


async def test_guesses_at_once_are_counted_one_after_the_other(bank: Bank) -> None:
    subject = await visitor()
    await send_binding_code(subject, PHONE)
    right = bank.last_code()
    await asyncio.gather(*(by_otp(subject, wrong(right)) for _ in range(4)), return_exceptions=True)
    fifth = "UPDATE binding_code SET attempts = attempts + 1"
    assert await overtaken(lambda connection: connection.execute(fifth), lambda: refusal_of(subject, right))
    assert await database.fetchval("SELECT attempts FROM binding_code") == 6


async def test_the_fifth_attempt_may_still_be_right(bank: Bank) -> None:
    subject = await visitor()
    await send_binding_code(subject, PHONE)
    for _ in range(4):
        await refusal_of(subject, wrong(bank.last_code()))
    assert (await by_otp(subject, bank.last_code())).session_id


@pytest.mark.parametrize(("seconds", "holds"), [(299, True), (301, False)])
async def test_a_code_holds_for_five_minutes(bank: Bank, time_machine: TimeMachine, seconds: int, holds: bool) -> None:
    subject = await visitor()
    await send_binding_code(subject, PHONE)
    time_machine(seconds=seconds)
    if holds:
        assert (await by_otp(subject, bank.last_code())).session_id
    else:
        assert await refusal_of(subject, bank.last_code()) == "binding.wrong_code"


async def test_one_code_a_minute_and_only_the_latest_holds(bank: Bank, time_machine: TimeMachine) -> None:
    subject = await visitor()
    await send_binding_code(subject, PHONE)
    first = bank.last_code()
    time_machine(seconds=59)
    with pytest.raises(Conflict) as refused:
        await send_binding_code(subject, PHONE)
    assert refused.value.code == "binding.code_just_sent"
    time_machine(seconds=1)
    while bank.last_code() == first:
        await send_binding_code(subject, PHONE)
        time_machine(seconds=60)
    assert await refusal_of(subject, first) == "binding.wrong_code"
    assert (await by_otp(subject, bank.last_code())).session_id


async def test_codes_asked_for_at_once_are_one_code(bank: Bank) -> None:
    subject = await visitor()
    await asyncio.gather(*(send_binding_code(subject, PHONE) for _ in range(6)), return_exceptions=True)
    assert len(bank.sent) == 1


async def test_the_code_of_one_visitor_is_nothing_to_another(bank: Bank) -> None:
    mine, theirs = await visitor("openid1"), await visitor("openid2")
    await send_binding_code(mine, PHONE)
    assert await refusal_of(theirs, bank.last_code()) == "binding.wrong_code"


@pytest.mark.parametrize("verb", ["phone", "customer_of_card"])
async def test_a_partner_that_is_silent_or_refuses_binds_nothing(bank: Bank, verb: str) -> None:
    subject = await visitor()
    bank.silent.add(verb)
    with pytest.raises(Unavailable):
        await by_phone(subject)
    bank.silent.clear()
    bank.refusing[verb] = "partner.says_no"
    with pytest.raises(RuleViolated) as refused:
        await by_phone(subject)
    assert refused.value.code == "partner.says_no"
    assert await load_session(subject.session_id) == subject


async def test_a_gateway_that_does_not_send_is_told_so(bank: Bank) -> None:
    bank.silent.add("send")
    with pytest.raises(Unavailable):
        await send_binding_code(await visitor(), PHONE)
