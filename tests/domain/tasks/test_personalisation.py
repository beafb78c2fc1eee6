"""Who does not want tasks picked for them gets from a pool only what does not look at who they are."""

import pytest

from domain import consents, customers
from domain.consents import Decision, Purpose
from domain.tasks.follow_when import When, when_of
from kit import database
from tests.domain.tasks.following import ONCE, chain, complete, give, offer, offers_of, pool, step
from tests.domain.tasks.making import overtaken, state_of, task

pytestmark = pytest.mark.usefixtures("database")


async def wants(customer: str, picked: bool) -> None:
    customer_id = (await customers.ids_of([customer]))[customer]
    async with database.transaction() as connection:
        await customers.lock(connection, [customer_id])
        decision = Decision(customer_id, Purpose.PERSONALISATION, picked, "h5")
        await consents.record(connection, [decision])


async def test_a_pool_picks_only_for_those_who_want_it() -> None:
    for code in ("by-stage", "by-level", "by-turn", "by-share", "for-all"):
        await step(code)
    rules = [
        offer("by-stage", stage="base"),
        give("by-level", level={"at_least": 0}),
        offer("by-turn", completed={"turn": {"at_most": 1}}),
        offer("by-share", share={"from": 0, "to": 100}),
        give("for-all"),
    ]
    await task("first", ONCE, follow_ups=pool(*rules, open_offers=5))
    await wants("C1", False)
    for customer in ("C1", "C2"):
        await complete(customer)
    assert await offers_of("C1") == {"by-share": "open", "for-all": "claimed"}
    assert set(await offers_of("C2")) == {"by-stage", "by-level", "by-turn", "by-share", "for-all"}


async def test_switched_on_again_it_counts_from_the_next_completion() -> None:
    await step("by-stage")
    await task("first", ONCE, follow_ups=pool(offer("by-stage", stage="base")))
    await wants("C1", False)
    await complete()
    assert await offers_of("C1") == {}
    await wants("C1", True)
    await task("third", ONCE, follow_ups=pool(offer("by-stage", stage="base")))
    await complete()
    assert await offers_of("C1") == {"by-stage": "open"}


async def test_the_next_step_of_a_chain_is_nobodys_recommendation() -> None:
    await step("second")
    await task("first", ONCE, follow_ups=chain("second", when={"stage": "base"}))
    await wants("C1", False)
    await complete()
    assert await state_of("C1", "second") == "claimed"


async def test_a_decision_under_way_is_waited_for() -> None:
    await step("by-stage")
    await task("first", ONCE, follow_ups=pool(offer("by-stage", stage="base")))
    customer_id = (await customers.ids_of(["C1"]))["C1"]

    async def refuse(connection: database.Connection) -> None:
        await customers.lock(connection, [customer_id])
        await consents.record(connection, [Decision(customer_id, Purpose.PERSONALISATION, False, "h5")])

    await overtaken(refuse, complete)
    assert await offers_of("C1") == {}


@pytest.mark.parametrize("name", [name for name in When.__struct_fields__ if name != "share"])
def test_every_fact_of_a_customer_is_personal(name: str) -> None:
    asked = {
        "stage": "payer",
        "level": {"at_least": 1},
        "card_product": "young",
        "branch": ["SH"],
        "status": {"app.registered": True},
        "tag": {"tag": "high_value", "is": True},
        "audience": "payers",
        "completed": {"within_days": 3},
    }[name]
    assert when_of({name: asked, "share": {"from": 0, "to": 50}}).personal


def test_a_share_alone_is_not_personal() -> None:
    assert not when_of({}).personal
    assert not when_of({"share": {"from": 0, "to": 50}}).personal
