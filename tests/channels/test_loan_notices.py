"""The core's notices of loans on the wire: signed by the twin, delivered to the real route."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from sanic import Sanic

from channels.card_core import inbound, notices
from channels.card_core.client import CardCoreClient
from channels.card_core.signature import sign
from channels.outbound import connect
from channels.sandbox import Keys, SandboxConfig, create_sandbox, ensure_keys
from domain import ports, reconciliation
from kit import clock
from kit.http import install_problems
from kit.rsa import public_key
from tests.domain.loans.stage import apply, borrower_with, state_of
from tests.serving import serve

PATH = "/channels/v1/card-core/loan-notices"
CHANGES = "/control/card-core/loan-changes"
pytestmark = pytest.mark.usefixtures("database")
assert notices.receive_notices  # its routes are on `inbound.routes`


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return ensure_keys(tmp_path_factory.mktemp("core") / "keys")


@pytest.fixture
async def platform(keys: Keys) -> AsyncIterator[httpx.AsyncClient]:
    app = Sanic("platform_hearing_notices", configure_logging=False)
    app.ctx.partner_keys = {"card-core": public_key(keys.card_core_public_file.read_bytes())}
    inbound.routes.register(app)
    install_problems(app)
    async with serve(app, verify=False) as http:
        yield http


@pytest.fixture
async def bank(platform: httpx.AsyncClient, keys: Keys, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The control plane of a bank whose core is also the one we ask."""
    config = SandboxConfig(str(platform.base_url), keys.card_core_public_file.parent, tmp_path / "data")
    async with (
        serve(create_sandbox(config, name="noticing_sandbox"), verify=False) as control,
        connect(f"{control.base_url}/card-core", 5) as http,
    ):
        others: Any = None
        ports.bind(ports.Ports(card_core=CardCoreClient(http), bank_app=others, wechat=others, sms=others))
        yield control
        ports.bind(None)


async def send(platform: httpx.AsyncClient, keys: Keys, body: bytes) -> httpx.Response:
    headers = sign(keys.card_core, "card-core", str(int(clock.now().timestamp())), uuid.uuid4().hex, body)
    return await platform.post(PATH, content=body, headers=headers)


def notice(**changes: Any) -> dict[str, Any]:
    told = {"notice_id": "N1", "request_no": "L1", "state": "cancelled", "occurred_at": "2026-11-01T12:00:00+08:00"}
    return {**told, **changes}


async def test_a_cancellation_is_told_and_taken_once(bank: httpx.AsyncClient) -> None:
    customer, coupon_id = await borrower_with()
    loan = await apply(customer, coupon_id)
    answer = (
        await bank.post(CHANGES, json={"request_no": loan.request_no, "change": "cancel", "tell": "twice"})
    ).json()
    assert answer == {
        "request_no": loan.request_no,
        "state": "cancelled",
        "answer": {"accepted": 0, "duplicates": 1, "rejected": []},
    }
    assert await state_of(coupon_id) == "unused"
    again = await bank.post(CHANGES, json={"request_no": loan.request_no, "change": "cancel"})
    assert (again.status_code, again.json()["code"]) == (409, "loan.wrong_state")
    assert await reconciliation.reconcile() == []


async def test_one_notice_of_a_stranger_refuses_no_other(
    bank: httpx.AsyncClient, platform: httpx.AsyncClient, keys: Keys
) -> None:
    customer, coupon_id = await borrower_with()
    loan = await apply(customer, coupon_id)
    told = [notice(), notice(request_no=loan.request_no)]
    answer = await send(platform, keys, msgspec.json.encode({"notices": told}))
    assert answer.json() == {
        "accepted": 1,
        "duplicates": 0,
        "rejected": [{"index": 0, "notice_id": "N1", "code": "loan.not_found"}],
    }
    assert await state_of(coupon_id) == "unused"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"state": "processing"}, "notices[0].state"),
        ({"occurred_at": "2026-11-01T12:00:00"}, "notices[0].occurred_at"),
        ({"reductions": [{"coupon_no": "1", "amount_fen": -1}]}, "notices[0].reductions[0].amount_fen"),
        ({"colour": "red"}, "notices[0].colour"),
    ],
)
async def test_a_malformed_notice_is_refused_by_path(
    platform: httpx.AsyncClient, keys: Keys, changes: dict[str, Any], path: str
) -> None:
    answer = await send(platform, keys, msgspec.json.encode({"notices": [notice(**changes)]}))
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, path)


async def test_an_unsigned_notice_is_nobodys(platform: httpx.AsyncClient) -> None:
    answer = await platform.post(PATH, json={"notices": []})
    assert (answer.status_code, answer.json()["code"]) == (401, "signature.missing_header")


async def test_a_granted_credit_line_is_the_cores_knowledge_too(bank: httpx.AsyncClient) -> None:
    core = ports.get().card_core
    before = await core.customer("C0000000001")
    status = {"type": "status", "customer_no": "C0000000001", "attributes": {"name": "credit.granted", "value": True}}
    assert (await bank.post("/control/card-core/transactions", json=status)).json()["accepted"] == 1
    after = await core.customer("C0000000001")
    assert before is not None
    assert after is not None
    assert (before.credit_granted, after.credit_granted) == (False, True)
