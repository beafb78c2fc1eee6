"""The SMS client against its twin."""

from collections.abc import AsyncIterator

import httpx
import pytest

from channels.outbound import connect
from channels.sms.client import SmsClient
from domain.ports import NoAnswer, Refused
from tests.channels.boxed_bank import Sandbox

PHONE = "13800000017"


@pytest.fixture
async def sms(sandbox: Sandbox) -> AsyncIterator[SmsClient]:
    async with connect(f"{sandbox.url}/sms", timeout_seconds=0.4) as http:
        yield SmsClient(http)


async def texts(sandbox: Sandbox, phone: str) -> list[str]:
    answer = await sandbox.http.get("/control/sms/messages", params={"phone": phone})
    return [one["text"] for one in answer.raise_for_status().json()["items"]]


async def test_a_message_reaches_its_phone_once_per_key(sms: SmsClient, sandbox: Sandbox, number: str) -> None:
    text = f"【演示】验证码 {number[:6]}"
    for _ in range(2):
        await sms.send(PHONE, text, number)
    assert (await texts(sandbox, PHONE)).count(text) == 1
    assert (await texts(sandbox, "13800000001")) == []
    with pytest.raises(Refused, match=r"sms\.conflict"):
        await sms.send(PHONE, "another text", number)


async def test_the_journal_shows_the_text(sms: SmsClient, sandbox: Sandbox, number: str) -> None:
    await sms.send(PHONE, "验证码 246810", number)
    (call,) = await sandbox.calls("sms")
    assert call["body"] == {"phone": PHONE, "text": "验证码 246810", "dedupe_key": number}
    assert call["status"] == 202


async def test_a_number_that_is_no_phone_is_refused(sms: SmsClient, number: str) -> None:
    with pytest.raises(Refused, match=r"sms\.phone"):
        await sms.send("12345", "text", number)


@pytest.mark.parametrize("status", [408, 429, 500, 503])
async def test_a_broken_gateway_says_nothing_even_in_good_words(status: int) -> None:
    answer = httpx.Response(status, json={"code": "sms.phone", "detail": "no such phone"})
    transport = httpx.MockTransport(lambda _: answer)
    with pytest.raises(NoAnswer):
        await SmsClient(httpx.AsyncClient(base_url="http://sms", transport=transport)).send(PHONE, "text", "key")


@pytest.mark.parametrize("fault", ["timeout", "connection_reset", "http_500", "http_400", "html", "garbage"])
async def test_a_message_may_have_been_sent_though_nobody_said_so(
    sms: SmsClient, sandbox: Sandbox, number: str, fault: str
) -> None:
    await sandbox.fault("sms", f"{fault}_after_work")
    with pytest.raises(NoAnswer):
        await sms.send(PHONE, number, number)
    await sms.send(PHONE, number, number)
    assert (await texts(sandbox, PHONE)).count(number) == 1
