"""A live edit makes a new version: running claims stay on theirs, new ones run on the new."""

import pytest

from domain import approvals, events, tasks
from domain.tasks import catalogue
from domain.tasks.catalogue import Catalogue
from kit import clock, database
from kit.errors import NotFound
from tests.domain.coupons.stage import CHECKER, MAKER
from tests.domain.tasks.making import (
    claim,
    claims_of,
    cumulative,
    current,
    experience_of,
    purchase,
    settle,
    state_of,
    task,
)

pytestmark = pytest.mark.usefixtures("database")
TWO, THREE = cumulative("purchase.count", 2, "claim"), cumulative("purchase.count", 3, "claim")


async def buy(*customers: str) -> None:
    await events.ingest([purchase(customer, occurred_at=clock.now()) for customer in customers])


async def test_a_running_claim_keeps_its_version_with_its_conditions_and_rewards() -> None:
    await task("spend", TWO, automatic=False, rewards=[{"experience": 2}])
    await claim("C1", "spend")
    await task("spend", THREE, automatic=False, rewards=[{"experience": 3}])
    await claim("C2", "spend")
    for states in (["claimed", "claimed"], ["rewarded", "claimed"], ["rewarded", "rewarded"]):
        await buy("C1", "C2")
        await settle()
        assert [await state_of(customer, "spend") for customer in ("C1", "C2")] == states
    assert [await experience_of(customer) for customer in ("C1", "C2")] == [2, 3]


async def test_a_repeat_gets_the_claim_on_the_old_version() -> None:
    await task("spend", TWO, automatic=False)
    first = await claim("C1", "spend")
    await task("spend", THREE, automatic=False)
    assert (await claim("C1", "spend")).claim_id == first.claim_id


async def test_an_automatic_claim_of_the_old_version_holds_its_cycle() -> None:
    await task("spend", TWO)
    await buy("C1")
    await task("spend", THREE)
    await buy("C1", "C2")
    await settle()
    assert [len(await claims_of(customer, "spend")) for customer in ("C1", "C2")] == [1, 1]
    assert [await state_of(customer, "spend") for customer in ("C1", "C2")] == ["rewarded", "claimed"]


async def test_a_process_that_never_saw_the_old_version_loads_it_for_its_claims() -> None:
    await task("spend", TWO, automatic=False)
    await claim("C1", "spend")
    await task("spend", THREE, automatic=False)
    vars(catalogue).update(vars(Catalogue()))  # as if the process had just started
    await buy("C1")
    assert await current("C1", "spend") == [1]
    await buy("C1")
    assert await state_of("C1", "spend") == "completed"


async def test_what_is_submitted_is_not_live_until_it_is_approved() -> None:
    await task("spend", TWO, automatic=False)
    await claim("C1", "spend")
    before = catalogue.live["spend"]
    saved = await approvals.save_draft(tasks.TASKS, "spend", before.definition, MAKER)
    await approvals.submit(tasks.TASKS, "spend", MAKER)
    await claim("C2", "spend")
    assert catalogue.live["spend"] is before
    await approvals.approve(tasks.TASKS, "spend", CHECKER)
    await claim("C3", "spend")
    assert catalogue.live["spend"].id == saved.version.id > before.id


async def test_an_ended_task_takes_no_claims_but_those_it_has_go_on() -> None:
    await task("spend", TWO, automatic=False)
    await claim("C1", "spend")
    await approvals.end(tasks.TASKS, "spend", MAKER)
    with pytest.raises(NotFound):
        await claim("C2", "spend")
    await buy("C1")
    await buy("C1")
    assert await state_of("C1", "spend") == "completed"


async def test_the_places_of_a_task_are_those_of_all_its_versions() -> None:
    await task("rare", TWO, claim={"places": 2}, automatic=False)
    await claim("C1", "rare")
    await claim("C2", "rare")
    await task("rare", TWO, claim={"places": 3}, automatic=False)
    assert (await claim("C3", "rare")).created
    assert await database.fetchval("SELECT taken FROM task_places WHERE task = 'rare'") == 3
