"""A campaign for an audience, and one whose white list is an audience or comes by files."""

import asyncio
import sys
from typing import Any

import msgspec
import pytest

from domain import approvals, benefits, campaigns, coupons, customers, events, exchanges, imports, tasks
from domain.audiences import AUDIENCES
from domain.campaigns import CAMPAIGNS, CampaignDefinition
from domain.coupons import ClaimedCoupon, OfferClaim
from domain.exchanges import ExchangeOrder
from domain.operators import OperatorIdentity, Role
from kit import database as db
from kit.errors import Conflict, NotFound, RuleViolated
from tests.domain.benefits.stage import benefit
from tests.domain.benefits.stage import document as benefit_document
from tests.domain.campaigns.stage import document
from tests.domain.coupons.stage import CHECKER, publish, publish_template
from tests.domain.coupons.stage import document as template
from tests.domain.imports.stage import faults, received, taken, worked
from tests.domain.tasks.among import audience, worked_out
from tests.domain.tasks.following import NEVER, offer, page_of, pool, step
from tests.domain.tasks.making import cumulative, purchase, state_of, task

IN, OUT, LISTED = "IN", "OUT", "LISTED"
TASK = {"name": "mine", "kind": "growth", "content": NEVER}
SHANGHAI = OperatorIdentity(3, "sh", "", frozenset({Role.MAKER}), "SH")


@pytest.fixture
async def people(database: str) -> dict[str, int]:
    """One of the audience, one who is not, and one of it who stands on a list."""
    await audience("payers", IN, LISTED)
    return await customers.ids_of([IN, OUT, LISTED])


async def autumn(**changes: Any) -> None:
    await publish(CAMPAIGNS, "autumn", document(None) | changes)


async def seen() -> list[str]:
    return [who for who in (IN, OUT, LISTED) if ("gas", False) in await page_of(who)]


async def admitted(people: dict[str, int]) -> list[str]:
    await tasks.catalogue.refresh()
    return [who for who in (IN, OUT, LISTED) if campaigns.admission.admits("autumn", people[who])]


async def test_all_that_belongs_to_it_is_for_its_audience(people: dict[str, int]) -> None:
    await autumn(audience="payers")
    await step("gas", campaign="autumn")
    await publish_template("free7", campaign="autumn", issue={"centre": True})
    await benefit("lounge", stock_mode="unlimited", campaign="autumn", exchange={"experience": 1})
    assert await seen() == [IN, LISTED]
    shown = {who: await coupons.offers(one, None, 10) for who, one in people.items()}
    assert [who for who, offers in shown.items() if offers] == [IN, LISTED]
    refused, given = await coupons.claim_offer([OfferClaim(people[who], "free7") for who in (OUT, IN)])
    assert isinstance(refused, NotFound)
    assert isinstance(given, ClaimedCoupon)
    assert await benefits.offers(people[OUT]) == []
    [refused] = await exchanges.exchange_batch([ExchangeOrder(people[OUT], "lounge", "k")])
    assert isinstance(refused, NotFound)
    await autumn()
    assert await seen() == [IN, OUT, LISTED]


async def test_what_others_did_counts_once_they_belong(people: dict[str, int]) -> None:
    await autumn(audience="payers")
    await task("gas", cumulative("purchase.count", 2), campaign="autumn")
    await events.ingest([purchase(IN), purchase(OUT)])
    assert (await state_of(IN, "gas"), await state_of(OUT, "gas")) == ("claimed", None)
    await worked_out("payers", OUT)
    await events.ingest([purchase(OUT)])
    assert await state_of(OUT, "gas") in ("completed", "rewarded")


async def test_the_end_of_its_audience_leaves_it_to_nobody(people: dict[str, int]) -> None:
    await autumn(audience="payers")
    await step("gas", campaign="autumn")
    await approvals.end(AUDIENCES, "payers", CHECKER)
    assert await seen() == []


async def test_the_white_list_may_be_an_audience(people: dict[str, int]) -> None:
    await audience("staff", LISTED, OUT)
    await autumn(trial={"audience": "staff", "customers": [IN]})
    assert await admitted(people) == [IN, OUT, LISTED]
    await worked_out("staff")
    assert await admitted(people) == [IN]


async def test_of_the_white_list_those_take_part_who_belong_to_the_audience(people: dict[str, int]) -> None:
    await audience("staff", LISTED, OUT)
    await autumn(trial={"audience": "staff"}, audience="payers")
    assert await admitted(people) == [LISTED]
    definition = CampaignDefinition("n", "use", audience="payers", trial=campaigns.Trial(audience="staff"))
    assert await campaigns.size_of("autumn", definition) == 1


async def test_a_file_puts_customers_on_the_list_and_strikes_them_off(people: dict[str, int]) -> None:
    await autumn(trial={"customers": [IN]})
    await step("gas", campaign="autumn")
    assert await seen() == [IN]
    file = await taken("white_list", "customer_no,change\nLISTED,\nOUT,add\nIN,remove\n", "autumn")
    assert (file.state, file.accepted, file.duplicates, file.faulty) == ("done", 3, 0, 0)
    assert await seen() == [OUT, LISTED]
    again = await taken("white_list", "customer_no,change\nOUT,remove\nLISTED,add\nOUT,add\nOUT,remove\n", "autumn")
    assert (again.accepted, again.duplicates) == (1, 3)
    assert await seen() == [LISTED]
    await autumn(trial={"customers": [IN, OUT]})
    assert await seen() == [LISTED], "what an import said last holds for the next version too"
    assert await db.fetchval("SELECT count(*) FROM trial_list") == 1


async def test_a_list_after_another_one_is_taken_again(people: dict[str, int]) -> None:
    await autumn(trial={"customers": [IN]})
    on, off = "customer_no\nOUT\n", "customer_no,change\nOUT,remove\n"
    first = await taken("white_list", on, "autumn")
    assert (await taken("white_list", on, "autumn")).id == first.id
    await taken("white_list", off, "autumn")
    assert await admitted(people) == [IN]
    assert (await taken("white_list", on, "autumn")).id != first.id
    assert await admitted(people) == [IN, OUT]


async def test_a_struck_member_of_the_audience_is_off_the_list(people: dict[str, int]) -> None:
    await autumn(trial={"audience": "payers"})
    await taken("white_list", "customer_no,change\nIN,remove\n", "autumn")
    assert await admitted(people) == [LISTED]


async def test_a_list_may_come_by_files_alone(people: dict[str, int]) -> None:
    await autumn()
    await taken("white_list", "customer_no\nLISTED\n", "autumn")
    assert await admitted(people) == [IN, OUT, LISTED], "not on trial"
    await autumn(trial={})
    assert await admitted(people) == [LISTED]


async def test_faulty_rows_of_a_list_refuse_no_other_and_a_dry_run_changes_nothing(people: dict[str, int]) -> None:
    await autumn(trial={"customers": [IN]})
    content = "customer_no,change\nSTRANGER,add\nOUT,join\n,add\nLISTED,add\n"
    for dry_run, expected in ((True, [IN]), (False, [IN, LISTED])):
        file = await taken("white_list", content, "autumn", dry_run=dry_run)
        assert (file.state, file.accepted, file.faulty) == ("done", 1, 3)
        assert sorted(await faults(file)) == [
            (1, "customer_no", "customer.not_found"),
            (2, "change", "row.invalid"),
            (3, "customer_no", "row.missing"),
        ]
        assert await admitted(people) == expected
    assert await customers.ids_of(["STRANGER"]), "and nobody was created before"


async def test_a_branch_lists_its_own_customers_of_its_own_campaigns(people: dict[str, int]) -> None:
    await db.execute("UPDATE customer SET branch = 'SH' WHERE customer_no = 'OUT'")
    await autumn(trial={"customers": [IN]})
    with pytest.raises(NotFound):
        await received("white_list", "customer_no\nOUT\n", "autumn", operator=SHANGHAI)
    await db.execute("UPDATE configuration SET branch = 'SH' WHERE code = 'autumn'")
    file = await taken("white_list", "customer_no\nOUT\nLISTED\n", "autumn", operator=SHANGHAI)
    assert await faults(file, SHANGHAI) == [(2, "customer_no", "customer.not_found")]
    assert await admitted(people) == [IN, OUT]


async def test_a_list_is_full_at_its_bound(people: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["domain.campaigns.change_white_list"], "MOST_LISTED", 1)
    await autumn(trial={"customers": [IN]})
    file = await taken("white_list", "customer_no\nOUT\nLISTED\n", "autumn")
    assert await faults(file) == [(2, "customer_no", "campaign.trial_size")]
    assert await admitted(people) == [IN, OUT]


@pytest.mark.parametrize(("target", "error"), [(None, RuleViolated), ("winter", NotFound), ("autumn", Conflict)])
async def test_a_list_is_of_a_campaign_that_is_not_over(
    people: dict[str, int], target: str | None, error: type[Exception]
) -> None:
    await autumn()
    await approvals.end(CAMPAIGNS, "autumn", CHECKER)
    with pytest.raises(error):
        await received("white_list", "customer_no\nOUT\n", target)
    assert await db.fetchval("SELECT count(*) FROM import_file") == 0


async def test_a_killed_import_goes_on_where_it_committed_last(
    people: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["domain.imports.unpack"], "SET", 1)
    await autumn(trial={"customers": [IN]})
    file = await received("white_list", "customer_no\nOUT\nLISTED\n", "autumn")
    for _ in range(2):
        assert await imports.work_next()
    held = asyncio.Event()

    async def beside() -> None:
        await held.wait()
        await imports.work_next()

    killed = asyncio.create_task(beside())
    async with db.transaction() as connection:
        await connection.execute("SELECT FROM trial_list FOR UPDATE")
        held.set()
        while not await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            await asyncio.sleep(0.01)
        killed.cancel()
        with pytest.raises(asyncio.CancelledError):
            await killed
    assert await admitted(people) == [IN, OUT]
    assert (await worked(file)).accepted == 2
    assert await admitted(people) == [IN, OUT, LISTED]


@pytest.mark.parametrize(
    ("changes", "path"),
    [({"audience": "nobody"}, "audience"), ({"trial": {"audience": "nobody"}}, "trial.audience")],
)
async def test_an_unknown_audience_is_refused(people: dict[str, int], changes: dict[str, Any], path: str) -> None:
    with pytest.raises(RuleViolated) as refused:
        await autumn(**changes)
    assert [(one.path, one.code) for one in refused.value.faults] == [(path, "audience.unknown_reference")]


@pytest.mark.parametrize(
    ("kind", "body", "path"),
    [
        (CAMPAIGNS, document(None) | {"audience": "payers"}, "audience"),
        (CAMPAIGNS, document(None) | {"trial": {"audience": "payers"}}, "trial.audience"),
        (tasks.TASKS, TASK | {"visible": {"exclude": "payers"}}, "visible.exclude"),
        (
            tasks.TASKS,
            TASK | {"follow_ups": pool(offer("next", audience=["staff", "payers"]))},
            "follow_ups.rules[0].when.audience[1]",
        ),
        (coupons.TEMPLATES, template(issue={"centre": True, "audience": "payers"}), "issue.audience"),
        (
            benefits.BENEFITS,
            benefit_document(stock_mode="unlimited", exchange={"experience": 1, "audience": "payers"}),
            "exchange.audience",
        ),
    ],
)
async def test_a_branch_names_its_own_audiences_and_head_offices(
    people: dict[str, int], kind: approvals.Kind, body: dict[str, Any], path: str
) -> None:
    await audience("staff", IN)
    await step("next")
    await benefit("any", stock_mode="unlimited")
    await approvals.save_draft(kind, "mine", msgspec.convert(body, kind.definition), SHANGHAI)
    await db.execute("UPDATE configuration SET branch = 'SZ' WHERE code = 'payers'")
    with pytest.raises(RuleViolated) as refused:
        await approvals.save_draft(kind, "mine", msgspec.convert(body, kind.definition), SHANGHAI)
    assert [(one.path, one.code) for one in refused.value.faults] == [(path, "audience.unknown_reference")]
