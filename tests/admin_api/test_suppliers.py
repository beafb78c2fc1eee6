"""What operators see of a supplier over HTTP."""

import httpx
import pytest

from domain import suppliers
from domain.benefits import SUPPLIERS
from domain.suppliers import FileRecord, FileTold, Usage
from kit import clock, database
from tests.admin_api.conftest import SignIn
from tests.domain.benefits.stage import benefit, grant
from tests.domain.coupons.stage import new_customers, publish

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def head_office(signed_in: SignIn) -> httpx.AsyncClient:
    return await signed_in("checker")


async def films() -> str:
    """A supplier with one request that waits; its number."""
    await publish(SUPPLIERS, "films", {"name": "电影票务", "api": {"url": "https://films.example"}})
    await benefit("ticket", stock_mode="supplier_api", supplier="films")
    [customer] = await new_customers()
    await grant((customer, "ticket", "a"))
    number: str = await database.fetchval("SELECT request_no FROM supplier_request")
    return number


async def test_requests_that_wait_and_usage_that_fits_nothing(head_office: httpx.AsyncClient) -> None:
    number = await films()
    await suppliers.take_usages("films", [Usage(f"U{n}", clock.now(), code=f"c{n}") for n in range(3)], "callback")
    [waiting] = (await head_office.get("/suppliers/films/waiting-requests")).json()["items"]
    assert (waiting["request_no"], waiting["attempts"], waiting["product"]) == (number, 0, "ticket")
    page = (await head_office.get("/suppliers/films/parked-usages?limit=2")).json()
    rest = (await head_office.get(f"/suppliers/films/parked-usages?cursor={page['next_cursor']}")).json()
    assert [one["usage_no"] for one in (*page["items"], *rest["items"])] == ["U2", "U1", "U0"]
    assert {one["reason"] for one in page["items"]} == {"code.unknown"}


async def test_a_day_compared_in_pages_and_a_day_without_a_file(head_office: httpx.AsyncClient) -> None:
    number = await films()
    day, now = clock.yesterday(), clock.now()
    records = [FileRecord("I1", "issued", now, request_no=number, cost_fen=1), FileRecord("U1", "used", now, code="x")]
    await suppliers.take_file("films", FileTold(day, "d" * 64, 2, 1), records)
    first = (await head_office.get("/suppliers/films/reconciliation?limit=2")).json()
    second = (await head_office.get(f"/suppliers/films/reconciliation?cursor={first['next_cursor']}")).json()
    assert (first["day"], first["file"]["state"], first["file"]["delivery"]) == (day.isoformat(), "taken", 1)
    assert first["counts"] == {"code_unknown": 1, "cost_differs": 1, "state_differs": 1}
    told = [(one["kind"], one["ours"], one["theirs"]) for one in (*first["items"], *second["items"])]
    assert told == [
        ("code_unknown", None, "used"),
        ("cost_differs", "issuing", "issued"),
        ("state_differs", "issuing", "issued"),
    ]
    other = (await head_office.get("/suppliers/films/reconciliation?day=2020-01-01")).json()
    assert (other["file"], other["counts"], other["items"]) == (None, {}, [])
    assert (await head_office.get("/suppliers/films/reconciliation?day=2020-13-01")).status_code == 400


@pytest.mark.parametrize("what", ["reconciliation", "parked-usages", "waiting-requests"])
async def test_nobody_elses_supplier_is_seen(
    head_office: httpx.AsyncClient, signed_in: SignIn, anonymous: httpx.AsyncClient, what: str
) -> None:
    await films()
    assert (await head_office.get(f"/suppliers/nobody/{what}")).status_code == 404
    assert (await (await signed_in("branch-maker")).get(f"/suppliers/films/{what}")).status_code == 404
    assert (await anonymous.get(f"/suppliers/films/{what}")).status_code == 401
