"""A campaign on trial: those on its white list see and get what belongs to it, nobody else even by asking for it."""

from typing import Any

import msgspec
import pytest

from domain import approvals, benefits, campaigns, coupons, customers, events, exchanges, tasks
from domain.campaigns import CAMPAIGNS, CampaignDefinition
from domain.coupons import OfferClaim
from domain.exchanges import ExchangeOrder
from domain.tasks import Claimant
from kit import database
from kit.errors import DomainError, NotFound, RuleViolated
from tests.domain.benefits.stage import benefit
from tests.domain.campaigns.stage import document
from tests.domain.coupons.stage import CHECKER, MAKER, publish, publish_template
from tests.domain.tasks.making import cumulative, purchase, settle, state_of, status, task, told

INVITED, OTHER = "INVITED", "OTHER"


@pytest.fixture
async def people(database: str) -> dict[str, int]:
    """A customer on the list and one who is not."""
    return await customers.ids_of([INVITED, OTHER])


async def on_trial(*invited: str, files: tuple[str, ...] = ()) -> approvals.Version:
    trial = {"customers": list(invited), "audience_files": list(files)}
    return await publish(CAMPAIGNS, "autumn", document(None) | {"trial": trial})


async def opened_to_all() -> approvals.Version:
    return await publish(CAMPAIGNS, "autumn", document(None))


async def seen_by(customer_id: int) -> set[str]:
    await tasks.catalogue.refresh()
    return {view.version.code for view in await tasks.tasks_of(customer_id, "bank_app")}


async def claimed(customer_id: int, code: str) -> str:
    [answer] = await tasks.claim_batch([Claimant(customer_id, code, "bank_app")])
    return answer.code if isinstance(answer, DomainError) else "claimed"


async def test_its_tasks_are_there_for_the_list_and_then_for_all(people: dict[str, int]) -> None:
    await on_trial(INVITED)
    await task("gas", cumulative("purchase.count", 1), automatic=False, campaign="autumn")
    await task("free", cumulative("purchase.count", 1), automatic=False)
    assert await seen_by(people[INVITED]) == {"gas", "free"}
    assert await seen_by(people[OTHER]) == {"free"}
    assert await claimed(people[OTHER], "gas") == "task.not_found"
    assert await claimed(people[OTHER], "free") == "claimed"
    assert await claimed(people[INVITED], "gas") == "claimed"
    with pytest.raises(NotFound):
        await tasks.task_of(people[OTHER], "bank_app", "gas")

    await opened_to_all()
    assert await seen_by(people[OTHER]) == {"gas", "free"}
    assert await claimed(people[OTHER], "gas") == "claimed"


async def test_pausing_or_ending_the_trial_opens_nothing(people: dict[str, int]) -> None:
    await on_trial(INVITED)
    await task("gas", cumulative("purchase.count", 1), automatic=False, campaign="autumn")
    for move in (approvals.pause, approvals.end):
        await move(CAMPAIGNS, "autumn", CHECKER)
        assert await seen_by(people[OTHER]) == set()
        assert await claimed(people[OTHER], "gas") == "task.not_found"


async def test_a_draft_of_the_opening_opens_nothing_yet(people: dict[str, int]) -> None:
    await on_trial(INVITED)
    await task("gas", cumulative("purchase.count", 1), automatic=False, campaign="autumn")
    await approvals.save_draft(CAMPAIGNS, "autumn", msgspec.convert(document(None), CampaignDefinition), MAKER)
    assert await claimed(people[OTHER], "gas") == "task.not_found"


async def test_nothing_is_claimed_automatically_for_others_and_what_they_did_counts_once_it_opens(
    people: dict[str, int],
) -> None:
    await on_trial(INVITED)
    await task("gas", cumulative("purchase.count", 2), campaign="autumn")
    await events.ingest([purchase(INVITED), purchase(OTHER)])
    assert (await state_of(INVITED, "gas"), await state_of(OTHER, "gas")) == ("claimed", None)
    await opened_to_all()
    await events.ingest([purchase(OTHER)])
    assert await state_of(OTHER, "gas") in ("completed", "rewarded")


async def test_a_chain_does_not_lead_others_into_it(people: dict[str, int]) -> None:
    await on_trial(INVITED)
    await task("second", cumulative("purchase.count", 9), automatic=False, campaign="autumn")
    follow_ups = {"mode": "chain", "rules": [{"task": "second"}]}
    await task("first", status("wechat.bound"), follow_ups=follow_ups)
    await events.ingest([told("wechat.bound", customer=name) for name in (INVITED, OTHER)])
    await settle()
    assert (await state_of(INVITED, "second"), await state_of(OTHER, "second")) == ("claimed", None)


async def test_its_coupons_are_in_the_centre_for_the_list_only(people: dict[str, int]) -> None:
    await on_trial(INVITED)
    await publish_template("free7", campaign="autumn", issue={"centre": True})
    shown = {name: await coupons.offers(customer_id, None, 10) for name, customer_id in people.items()}
    assert {name: [one.template.code for one in offers] for name, offers in shown.items()} == {
        INVITED: ["free7"],
        OTHER: [],
    }
    refused, given = await coupons.claim_offer([OfferClaim(people[name], "free7") for name in (OTHER, INVITED)])
    assert isinstance(refused, NotFound)
    assert refused.code == "coupon.not_offered"
    assert not isinstance(given, Exception)
    with pytest.raises(NotFound):
        await coupons.ask_opening(people[OTHER], "free7")
    await opened_to_all()
    [given] = await coupons.claim_offer([OfferClaim(people[OTHER], "free7")])
    assert not isinstance(given, Exception)


async def test_its_benefits_are_in_the_mall_for_the_list_only(people: dict[str, int]) -> None:
    await on_trial(INVITED)
    await benefit("lounge", stock_mode="unlimited", campaign="autumn", exchange={"experience": 1})
    assert [one.benefit.code for one in await benefits.offers(people[INVITED])] == ["lounge"]
    assert await benefits.offers(people[OTHER]) == []
    [refused] = await exchanges.exchange_batch([ExchangeOrder(people[OTHER], "lounge", "k")])
    assert isinstance(refused, NotFound)
    assert await database.fetchval("SELECT count(*) FROM exchange") == 0


async def test_a_list_may_be_a_file(people: dict[str, int]) -> None:
    file = await database.fetchval(
        """INSERT INTO audience_file (name, digest, rows, customers, duplicates, faulty, faults, branch, made_by,
                                      created_at) VALUES ('a', '', 1, 1, 0, 0, '[]', 'HQ', 1, now()) RETURNING id"""
    )
    await database.execute(
        "INSERT INTO audience_file_set (file_id, number, customer_ids) VALUES ($1, 0, $2::bigint[])",
        file,
        [people[INVITED]],
    )
    await on_trial(files=(str(file),))
    await coupons.catalogue.refresh()
    assert campaigns.admission.admits("autumn", people[INVITED])
    assert not campaigns.admission.admits("autumn", people[OTHER])
    assert campaigns.admission.admits("winter", people[OTHER])


@pytest.mark.parametrize(
    ("trial", "path"),
    [
        ({"customers": ["NOBODY"]}, "trial.customers[0]"),
        ({"audience_files": ["999999"]}, "trial.audience_files[0]"),
        ({}, "trial"),
    ],
)
async def test_a_list_of_nobody_is_refused(people: dict[str, int], trial: dict[str, Any], path: str) -> None:
    with pytest.raises(RuleViolated) as refused:
        await publish(CAMPAIGNS, "autumn", document(None) | {"trial": trial})
    assert [fault.path for fault in refused.value.faults] == [path]
    assert await database.fetchval("SELECT count(*) FROM configuration WHERE kind = 'campaigns'") == 0
