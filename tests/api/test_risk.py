"""What customers meet when an attempt of theirs is decided: over the very routes by which they attempt it."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from domain import customers, exchanges, risk
from domain.risk import HoldState
from kit import clock, database
from tests.api.room import SignIn
from tests.domain.customers.partners import HOLDER, PHONE, Bank, visitor
from tests.domain.exchanges.test_exchanging import earn, lounge
from tests.domain.risk.stage import ALWAYS, OFFICER, centre, decisions, live, rule
from tests.domain.tasks.making import status, task
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("database")
ME = {"X-Device-Id": "a-phone-of-mine"}


async def holder(bank: Bank) -> int:
    return (await customers.sign_in_by_ticket(f"first:{HOLDER.customer_no}", 1)).customer_id


async def claim(client: httpx.AsyncClient, key: str = "k", **headers: str) -> httpx.Response:
    return await client.post("/coupon-offers/free7/claims", headers={**ME, "Idempotency-Key": key, **headers})


async def test_who_is_denied_reads_nothing_of_why(room: SignIn, bank: Bank) -> None:
    await task("spend", status("wechat.bound"), automatic=False)
    await live(rule("deny", "设备过多", {"signal": "known", "by": "device"}, actions=["claim"]))
    client = await room(await holder(bank))
    refused = await client.post("/tasks/spend/claims", headers=ME)
    assert refused.status_code == 403
    assert refused.json() | {"trace_id": ""} == {
        "type": "urn:cardquest:problem:risk.denied",
        "title": "Not allowed",
        "status": 403,
        "code": "risk.denied",
        "detail": "当前操作暂时无法完成，如有疑问请联系客服",
        "trace_id": "",
    }
    for device in ({}, {"X-Device-Id": "short"}, {"X-Device-Id": "x" * 129}):
        assert (await client.post("/tasks/spend/claims", headers=device)).status_code in (200, 201)


async def test_the_table_may_say_it_in_its_own_words(room: SignIn, bank: Bank) -> None:
    await centre()
    await live(rule("deny", message="活动太火爆，请稍后再来"))
    assert (await claim(await room(await holder(bank)))).json()["detail"] == "活动太火爆，请稍后再来"


async def test_a_challenge_is_answered_by_the_phone_the_bank_knows(
    room: SignIn, bank: Bank, time_machine: TimeMachine
) -> None:
    await centre()
    await live(rule("challenge"))
    client, stranger = await room(await holder(bank)), await room(None)
    refused = await claim(client)
    assert (refused.status_code, refused.json()["code"]) == (403, "risk.challenge")
    one = f"/challenges/{refused.json()['about']['challenge_id']}"
    assert (await claim(client)).json()["about"] == refused.json()["about"]
    assert (await stranger.post(one, json={"code": "123456"})).json()["code"] == "risk.wrong_code"
    sent = await stranger.post(f"{one}/codes")
    assert (sent.status_code, sent.json()["phone"], bank.sent[-1][0]) == (201, "138****1234", PHONE)
    assert (await client.post(f"{one}/codes")).json()["code"] == "risk.code_just_sent"
    code = bank.last_code()
    assert (await client.post(one, json={"code": f"{(int(code) + 1) % 10**6:06d}"})).status_code == 422
    answered = await client.post(one, json={"code": code})
    assert (answered.status_code, answered.json().keys()) == (200, {"until"})
    assert (await client.post(one, json={"code": code})).status_code == 200
    assert (await claim(client)).status_code == 201
    assert [(found["decision"], found["passed"]) for found in await decisions()] == [
        ("challenge", False),
        ("challenge", False),
        ("challenge", True),
    ]
    time_machine(minutes=11)
    again = await claim(client, "another")
    assert again.json()["code"] == "risk.challenge"
    assert again.json()["about"] != refused.json()["about"]


async def test_a_code_holds_for_five_tries_and_five_minutes(
    room: SignIn, bank: Bank, time_machine: TimeMachine
) -> None:
    await centre()
    await live(rule("challenge"))
    client = await room(await holder(bank))
    one = f"/challenges/{(await claim(client)).json()['about']['challenge_id']}"
    await client.post(f"{one}/codes")
    code = bank.last_code()
    wrong = {"code": f"{(int(code) + 1) % 10**6:06d}"}
    assert [(await client.post(one, json=wrong)).status_code for _ in range(5)] == [422] * 5
    assert (await client.post(one, json={"code": code})).json()["code"] == "risk.wrong_code"
    time_machine(minutes=1)
    await client.post(f"{one}/codes")
    time_machine(minutes=5)
    assert (await client.post(one, json={"code": bank.last_code()})).json()["code"] == "risk.wrong_code"
    time_machine(minutes=5)
    for path, body in ((one, {"code": code}), (f"{one}/codes", None)):
        assert (await client.post(path, json=body)).json()["code"] == "risk.no_challenge"


@pytest.mark.parametrize(("silent", "code"), [("phone_of", "partner.no_answer"), ("send", "sms.no_answer")])
async def test_a_silent_partner_is_no_answer(room: SignIn, bank: Bank, silent: str, code: str) -> None:
    await centre()
    await live(rule("challenge"))
    client = await room(await holder(bank))
    one = f"/challenges/{(await claim(client)).json()['about']['challenge_id']}"
    bank.silent.add(silent)
    assert (await client.post(f"{one}/codes")).json()["code"] == code


@pytest.mark.parametrize("path", ["/challenges/none", "/challenges/none/codes", f"/challenges/{'x' * 99}"])
async def test_a_challenge_nobody_was_given_is_not_there(room: SignIn, bank: Bank, path: str) -> None:
    answer = await (await room(None)).post(path, json={"code": "123456"})
    assert (answer.status_code, answer.json()["code"]) == (404, "risk.no_challenge")


async def test_who_is_too_often_is_told_when_again(room: SignIn, bank: Bank) -> None:
    await lounge()
    await live(
        rule("limit", actions=["exchange"], limit={"at_most": 1, "seconds": 600, "by": "device"}),
    )
    mine = await holder(bank)
    await earn(mine, 500)
    client = await room(mine)

    async def exchange(key: str) -> httpx.Response:
        return await client.post("/benefits/lounge/exchanges", headers={**ME, "Idempotency-Key": key})

    assert (await exchange("a")).status_code == 201
    refused = await exchange("b")
    assert (refused.status_code, refused.json()["code"]) == (429, "risk.limited")
    assert 500 <= int(refused.headers["retry-after"]) <= 600
    assert (await exchange("a")).status_code == 200
    assert await exchanges.exchanged_of(mine) == {"lounge": 1}


async def test_what_is_under_review_waits_for_an_operator(room: SignIn, bank: Bank, time_machine: TimeMachine) -> None:
    await centre()
    await live(rule("review", hours=2))
    mine = await holder(bank)
    client = await room(mine)
    assert [(await claim(client)).json()["code"] for _ in range(2)] == ["risk.review"] * 2
    assert (await claim(client)).status_code == 409
    [waiting] = await risk.reviews(OFFICER, state=HoldState.WAITING)
    await risk.decide_review(OFFICER, waiting.id, HoldState.CLEARED, "本人来电")
    assert (await claim(client)).status_code == 201
    time_machine(hours=3)
    client = await room(mine)
    assert (await claim(client, "another")).json()["code"] == "risk.review"
    [again] = await risk.reviews(OFFICER, state=HoldState.WAITING)
    await risk.decide_review(OFFICER, again.id, HoldState.REFUSED, "批量操作")
    assert (await claim(client, "another")).json()["code"] == "risk.denied"
    time_machine(hours=3)
    client = await room(mine)
    assert (await claim(client, "another")).json()["code"] == "risk.review"


async def signing_in(room: SignIn, ticket: str) -> Any:
    client = await room(None)
    body = {"channel": "bank_app", "ticket": f"{ticket}:{HOLDER.customer_no}"}
    return await client.post("/sessions", json=body, headers=ME)


async def test_signing_in_may_be_challenged_before_there_is_a_session(room: SignIn, bank: Bank) -> None:
    await holder(bank)
    await live(rule("challenge", actions=["sign_in"]))
    sessions = await database.fetchval("SELECT count(*) FROM customer_session")
    refused = await signing_in(room, "t1")
    assert (refused.status_code, refused.json()["code"]) == (403, "risk.challenge")
    assert await database.fetchval("SELECT count(*) FROM customer_session") == sessions
    client = await room(None)
    one = f"/challenges/{refused.json()['about']['challenge_id']}"
    assert (await client.post(f"{one}/codes")).status_code == 201
    assert (await client.post(one, json={"code": bank.last_code()})).status_code == 200
    # The ticket was not spent by being refused, and is spent once.
    assert [(await signing_in(room, "t1")).status_code for _ in range(2)] == [201, 409]


async def test_a_visitor_of_wechat_can_be_denied_but_has_no_phone_to_be_challenged_by(room: SignIn, bank: Bank) -> None:
    client = await room(None)
    body = {"channel": "wechat_mini", "code": "openid9"}
    await live(rule("challenge", actions=["sign_in"]))
    assert (await client.post("/sessions", json=body)).status_code == 201
    assert [found["passed"] for found in await decisions()] == [True]
    await live(rule("deny", when={"signal": "known", "by": "openid"}, actions=["sign_in"]))
    assert (await client.post("/sessions", json=body)).json()["code"] == "risk.denied"
    assert (await decisions())[-1]["subjects"].keys() >= {"openid", "ip"}


async def test_one_phone_binds_so_many_times(room: SignIn, bank: Bank) -> None:
    often = {"signal": "attempts", "by": "phone", "seconds": 3600, "at_least": 2}
    await live(rule("deny", when=often, actions=["bind"]))

    async def bind(openid: str) -> httpx.Response:
        subject = await visitor(openid)
        client = await room(subject.customer_id)
        await database.execute(
            "UPDATE customer_session SET identity_id = $2 WHERE customer_id = $1",
            subject.customer_id,
            subject.identity_id,
        )
        body = {"card_last4": HOLDER.card_last4, "phone_code": f"phone-of-{openid}"}
        return await client.post("/bindings", json=body, headers=ME)

    assert (await bind("first")).status_code == 201
    assert (await bind("second")).json()["code"] == "risk.denied"
    assert await database.fetchval("SELECT count(*) FROM identity WHERE bound_at IS NOT NULL") == 1
    assert PHONE not in str(await decisions())


async def test_a_code_for_binding_is_good_again_for_who_was_kept_out(room: SignIn, bank: Bank) -> None:
    await live(rule("challenge", actions=["bind"]))
    subject = await visitor("third")
    await customers.send_binding_code(subject, PHONE)
    body = {"card_last4": HOLDER.card_last4, "otp": bank.last_code()}
    client = await room(subject.customer_id)
    await database.execute("UPDATE customer_session SET identity_id = $1", subject.identity_id)
    refused = await client.post("/bindings", json=body)
    assert refused.json()["code"] == "risk.challenge"
    one = f"/challenges/{refused.json()['about']['challenge_id']}"
    await client.post(f"{one}/codes")
    assert (await client.post(one, json={"code": bank.last_code()})).status_code == 200
    assert (await client.post("/bindings", json=body)).status_code == 201
    assert await database.fetchval("SELECT used_at IS NOT NULL FROM binding_code")


async def test_a_waiting_customer_is_asked_again_once_the_table_is_gone(room: SignIn, bank: Bank) -> None:
    await centre()
    await live(rule("review", when={**ALWAYS}))
    client = await room(await holder(bank))
    assert (await claim(client)).status_code == 409
    await live(rule("allow"))
    assert (await claim(client)).status_code == 201
    assert clock.now() - (await decisions())[-1]["at"] < timedelta(minutes=1)
