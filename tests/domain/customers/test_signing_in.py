"""Signing in by a ticket of the bank's app and by a login code of WeChat; sessions and their end."""

import asyncio
import sys

import pytest

from domain import customers
from domain.customers import end_session, load_session, sign_in_by_ticket, sign_in_by_wechat
from domain.customers.profile import forget_remembered
from kit import clock, database
from kit.errors import Conflict, DomainError, Forbidden, NotFound, Unauthenticated, Unavailable
from tests.domain.customers.partners import HOLDER, Bank, visitor
from tests.domain.tasks.time_machine import TimeMachine


async def test_a_ticket_opens_a_session_of_the_customer_the_core_describes(bank: Bank) -> None:
    signed_in = await sign_in_by_ticket("t1:C0000000017", 24)
    subject = await load_session(signed_in.session_id)
    assert subject is not None
    assert (subject.customer_id, subject.bound, subject.channel) == (signed_in.customer_id, True, "bank_app")
    profile = await customers.profile(signed_in.customer_id)
    assert (profile.name, profile.stage, profile.card_product, profile.branch) == ("何小明", "payer", "young", "SH")
    assert round((signed_in.expires_at - clock.now()).total_seconds() / 3600) == 24


async def test_what_the_core_says_anew_is_taken_over(bank: Bank) -> None:
    first = await sign_in_by_ticket("t1:C0000000017", 24)
    bank.known[HOLDER.customer_no] = type(HOLDER)(HOLDER.customer_no, "何小明", "credit", None, None, None)
    second = await sign_in_by_ticket("t2:C0000000017", 24)
    assert first.customer_id == second.customer_id
    assert (await customers.profile(second.customer_id)).stage == "credit"


@pytest.mark.parametrize("how", ["silent", "refusing", "unknown"])
async def test_a_core_that_does_not_help_keeps_nobody_out(bank: Bank, how: str) -> None:
    if how == "silent":
        bank.silent.add("customer")
    elif how == "refusing":
        bank.refusing["customer"] = "core.maintenance"
    else:
        bank.known.clear()
    signed_in = await sign_in_by_ticket("t1:C0000000017", 24)
    assert signed_in.customer_id == await customers.id_of("C0000000017")


async def test_a_ticket_opens_one_session_ever(bank: Bank) -> None:
    await sign_in_by_ticket("t1:C0000000017", 24)
    for _ in range(2):
        with pytest.raises(Conflict) as refused:
            await sign_in_by_ticket("t1:C0000000017", 24)
        assert refused.value.code == "ticket.used"


async def test_a_ticket_spent_by_many_at_once_opens_one_session(bank: Bank) -> None:
    outcomes = await asyncio.gather(
        *(sign_in_by_ticket("t1:C0000000017", 24) for _ in range(12)), return_exceptions=True
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
    assert len(refused) == 11
    assert {one.code for one in refused} == {"ticket.used"}
    assert await database.fetchval("SELECT count(*) FROM customer_session") == 1


async def test_a_bad_ticket_opens_nothing(bank: Bank) -> None:
    bank.refusing["verify_ticket"] = "ticket.expired"
    with pytest.raises(Unauthenticated) as refused:
        await sign_in_by_ticket("t1:C0000000017", 24)
    assert refused.value.code == "ticket.expired"
    assert await database.fetchval("SELECT count(*) FROM spent_ticket") == 0


async def test_a_wechat_user_never_seen_becomes_a_visitor_and_comes_back_as_the_same(bank: Bank) -> None:
    first, again, other = [await visitor(code) for code in ("openid1-a", "openid1-b", "openid2")]
    assert (first.bound, first.channel) == (False, "wechat_mini")
    assert first.customer_id == again.customer_id != other.customer_id
    assert first.identity_id == again.identity_id != other.identity_id
    assert (await customers.profile(first.customer_id)).customer_no is None


async def test_the_same_openid_on_another_channel_is_another_identity(bank: Bank) -> None:
    mini, h5 = await visitor(), await load_session((await sign_in_by_wechat("wechat_h5", "openid1", 24)).session_id)
    assert h5 is not None
    assert mini.identity_id != h5.identity_id


async def test_a_wechat_user_who_taps_many_times_becomes_one_visitor(bank: Bank) -> None:
    subjects = await asyncio.gather(*(visitor(f"openid1-{number}") for number in range(12)))
    assert len({subject.customer_id for subject in subjects}) == 1
    assert await database.fetchval("SELECT count(*) FROM customer") == 1
    assert await database.fetchval("SELECT count(*) FROM identity") == 1
    assert await database.fetchval("SELECT count(*) FROM customer_session") == 12


@pytest.mark.parametrize(("code", "kind"), [("wechat.bad_code", Unauthenticated), ("wechat.risky_user", Forbidden)])
async def test_whom_wechat_refuses_is_refused(bank: Bank, code: str, kind: type[DomainError]) -> None:
    bank.refusing["mini_user"] = code
    with pytest.raises(kind) as refused:
        await sign_in_by_wechat("wechat_mini", "openid1", 24)
    assert refused.value.code == code
    assert await database.fetchval("SELECT count(*) FROM customer") == 0


async def test_a_silent_wechat_is_told_so(bank: Bank) -> None:
    bank.silent.add("mini_user")
    with pytest.raises(Unavailable):
        await sign_in_by_wechat("wechat_mini", "openid1", 24)


async def test_a_session_ends_when_it_is_ended_or_expires(bank: Bank, time_machine: TimeMachine) -> None:
    ended, expiring = await visitor(), await visitor()
    await end_session(ended.session_id)
    await end_session(ended.session_id)
    assert await load_session(ended.session_id) is None
    time_machine(hours=23, minutes=59)
    assert await load_session(expiring.session_id) == expiring
    time_machine(minutes=1)
    assert await load_session(expiring.session_id) is None
    assert await load_session("never-was") is None


async def test_who_is_not_known_is_not_found(database: str) -> None:
    with pytest.raises(NotFound):
        await customers.id_of("nobody")
    with pytest.raises(NotFound):
        await customers.profile(987_654_321)


@pytest.fixture
def short_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["domain.customers.profile"], "_REMEMBERED", 3)  # the verb hides its module
    forget_remembered()


@pytest.mark.usefixtures("database", "short_memory")
async def test_more_numbers_than_are_remembered_are_still_found() -> None:
    first = await customers.ids_of(["a", "b", "c"])
    again = await customers.ids_of(["c", "d", "a"])
    assert again == {"a": first["a"], "c": first["c"], "d": await customers.id_of("d")}
    assert len(set((await customers.ids_of(list("abcdefgh"))).values())) == 8


@pytest.mark.usefixtures("database", "short_memory")
async def test_who_is_forgotten_while_somebody_asks_is_found_all_the_same() -> None:
    known = await customers.ids_of(["a", "b"])
    answer, _ = await asyncio.gather(customers.ids_of(["a", "b", "c"]), customers.ids_of(["d", "e", "f"]))
    assert answer == {**known, "c": await customers.id_of("c")}
