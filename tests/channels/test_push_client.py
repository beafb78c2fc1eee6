"""The client for notifications against its twin."""

from collections.abc import AsyncIterator

import pytest

from channels.outbound import connect
from channels.push.client import PushClient
from domain.ports import NoAnswer, Refused
from tests.channels.boxed_bank import Sandbox

CUSTOMER = "C0000000017"


@pytest.fixture
async def push(sandbox: Sandbox) -> AsyncIterator[PushClient]:
    async with connect(f"{sandbox.url}/push", timeout_seconds=0.4) as http:
        yield PushClient(http)


async def shown(sandbox: Sandbox, body: str) -> int:
    answer = await sandbox.http.get("/control/push/notifications", params={"customer_no": CUSTOMER})
    return [one["body"] for one in answer.raise_for_status().json()["items"]].count(body)


async def test_a_notification_is_shown_once_per_key(push: PushClient, sandbox: Sandbox, number: str) -> None:
    first = await push.send(CUSTOMER, "题", number, "/tasks/fuel", number)
    assert await push.send(CUSTOMER, "题", number, "/tasks/fuel", number) == first
    assert await shown(sandbox, number) == 1
    with pytest.raises(Refused, match=r"push\.conflict"):
        await push.send(CUSTOMER, "题", "another", None, number)


@pytest.mark.parametrize(("state", "code"), [("none", r"push\.no_device"), ("off", r"push\.disabled")])
async def test_who_does_not_take_notifications_is_a_refusal(
    push: PushClient, sandbox: Sandbox, number: str, state: str, code: str
) -> None:
    devices = "/control/push/devices"
    (await sandbox.http.post(devices, json={"customer_no": CUSTOMER, "state": state})).raise_for_status()
    with pytest.raises(Refused, match=code):
        await push.send(CUSTOMER, "题", number, None, number)
    (await sandbox.http.post(devices, json={"customer_no": CUSTOMER, "state": "on"})).raise_for_status()
    assert await push.send(CUSTOMER, "题", number, None, number)


@pytest.mark.parametrize("fault", ["timeout", "connection_reset", "http_503", "http_404", "html", "garbage"])
async def test_a_notification_may_have_been_shown_though_nobody_said_so(
    push: PushClient, sandbox: Sandbox, number: str, fault: str
) -> None:
    await sandbox.fault("push", f"{fault}_after_work")
    with pytest.raises(NoAnswer):
        await push.send(CUSTOMER, "题", number, None, number)
    await push.send(CUSTOMER, "题", number, None, number)
    assert await shown(sandbox, number) == 1
