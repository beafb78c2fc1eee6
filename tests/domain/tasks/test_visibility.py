"""Why a customer sees a task, or does not, as operators are told."""

from typing import Any

import pytest

from domain import customers, tasks
from domain.campaigns import CAMPAIGNS
from domain.operators import OperatorIdentity, Role
from kit import database as db
from kit.errors import NotFound
from tests.domain.campaigns.stage import document
from tests.domain.coupons.stage import MAKER, publish
from tests.domain.tasks.among import audience
from tests.domain.tasks.following import NEVER, ONCE, complete, offer, page_of, pool, step
from tests.domain.tasks.making import claim, task

SHANGHAI = OperatorIdentity(3, "sh", "", frozenset({Role.MAKER}), "SH")


async def told(customer: str, code: str = "gas") -> tuple[bool, list[str]]:
    """Whether it is seen, and what does not hold."""
    customer_id = (await customers.ids_of([customer]))[customer]
    found = await tasks.visibility(MAKER, customer_id, "bank_app", code)
    assert found.seen == (code in [task for task, _ in await page_of(customer)])
    return found.seen, [one.code for one in found.requirements if not one.holds]


@pytest.mark.parametrize(
    ("visible", "missing"),
    [
        ({}, []),
        ({"audience": "payers", "card_products": ["young"], "stages": ["base"], "channels": ["bank_app"]}, []),
        ({"audience": "others"}, ["visible.audience"]),
        ({"exclude": "payers"}, ["visible.exclude"]),
        ({"card_products": ["platinum"], "stages": ["credit"]}, ["visible.card_products", "visible.stages"]),
        ({"channels": ["wechat_mini"], "min_level": 3}, ["visible.min_level", "visible.channels"]),
    ],
)
async def test_every_requirement_is_named_and_all_of_them_make_it_seen(
    database: str, visible: dict[str, Any], missing: list[str]
) -> None:
    await audience("payers", "C1")
    await audience("others", "C2")
    await young("C1")
    await step("gas", visible=visible)
    assert await told("C1") == (not missing, missing)


async def young(customer: str) -> None:
    await customers.ids_of([customer])
    await db.execute("UPDATE customer SET card_product = 'young' WHERE customer_no = $1", customer)


async def test_the_campaign_its_dates_and_offers_are_named_too(database: str) -> None:
    await audience("payers", "C1")
    await publish(CAMPAIGNS, "autumn", document(None) | {"audience": "payers"})
    await step("gas", campaign="autumn", claim={"until": "2020-01-01T00:00:00+08:00"})
    assert await told("C1") == (False, ["claim.until"])
    assert await told("C2") == (False, ["campaign", "claim.until"])
    await step("later", claim={"mode": "offered"})
    await task("first", ONCE, follow_ups=pool(offer("later")))
    assert await told("C1", "later") == (False, ["claim.mode"])
    await complete("C1")
    assert await told("C1", "later") == (True, [])


async def test_who_holds_a_claim_sees_it_whatever_it_asks(database: str) -> None:
    await step("gas", NEVER)
    await claim("C1", "gas")
    await audience("others", "C2")
    await step("gas", NEVER, visible={"audience": "others"})
    assert await told("C1") == (True, ["visible.audience"])


async def test_what_is_not_live_or_another_branchs_is_not_explained(database: str) -> None:
    await step("gas")
    customer_id = (await customers.ids_of(["C1"]))["C1"]
    await db.execute("UPDATE configuration SET branch = 'SZ'")
    for operator, code in ((MAKER, "nothing"), (SHANGHAI, "gas")):
        with pytest.raises(NotFound):
            await tasks.visibility(operator, customer_id, "bank_app", code)
    await db.execute("UPDATE configuration SET branch = 'HQ'")
    assert (await tasks.visibility(SHANGHAI, customer_id, "bank_app", "gas")).seen
