"""GET /benefit-grants and POST /benefit-grants/{id}/redemption."""

from collections.abc import AsyncIterator

import pytest

from domain.benefits import Issued
from tests.api.room import SignIn, customers_room
from tests.domain.benefits.stage import benefit, grant
from tests.domain.coupons.stage import new_customers

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def sign_in(database: str) -> AsyncIterator[SignIn]:
    async with customers_room() as room:
        yield room


async def grant_one(customer: int, code: str) -> int:
    [made] = await grant((customer, code, f"{code}:{customer}"))
    assert isinstance(made, Issued)
    return made.grant_id


async def test_the_code_is_answered_after_the_tap_only_and_to_its_owner_only(sign_in: SignIn) -> None:
    await benefit("coffee", codes=1)
    owner, other = await new_customers(2)
    grant_id = await grant_one(owner, "coffee")
    mine, theirs = await sign_in(owner), await sign_in(other)
    listed = await mine.get("/benefit-grants?state=granted")
    [item] = listed.json()["items"]
    assert "coffee-0000" not in listed.text
    assert (item["grant_id"], item["name"], item["state"], item["face_value_fen"]) == (
        str(grant_id),
        "咖啡券",
        "granted",
        3_000,
    )
    assert (await theirs.get("/benefit-grants")).json()["items"] == []
    assert (await theirs.post(f"/benefit-grants/{grant_id}/redemption")).status_code == 404
    for _ in range(2):
        answer = await mine.post(f"/benefit-grants/{grant_id}/redemption")
        shown = answer.json()
        assert (answer.status_code, shown["code"], shown["grant"]["state"]) == (200, "coffee-0000", "redeemed")
    after = await mine.get("/benefit-grants")
    assert "coffee-0000" not in after.text
    assert [one["state"] for one in after.json()["items"]] == ["redeemed"]


async def test_a_benefit_without_codes_is_redeemed_without_one(sign_in: SignIn) -> None:
    await benefit("lounge", stock_mode="unlimited", kind="lounge")
    [owner] = await new_customers()
    answer = await (await sign_in(owner)).post(f"/benefit-grants/{await grant_one(owner, 'lounge')}/redemption")
    assert (answer.status_code, answer.json()["code"], answer.json()["how_to_use"]) == (200, None, "到店出示券码")
