"""A task for an audience: who belongs to it sees and gets it, nobody else even by asking for it."""

from typing import Any

import pytest

from domain import approvals, customers, events, tasks
from domain.audiences import AUDIENCES
from domain.facts import TaskCompleted
from domain.tasks import Claimant
from kit import clock, database
from kit.errors import DomainError, RuleViolated
from tests.domain.coupons.stage import CHECKER
from tests.domain.tasks.among import audience, tag, tagged, worked_out
from tests.domain.tasks.following import chain, complete, give, offer, offers_of, page_of, pool, step
from tests.domain.tasks.making import cumulative, purchase, state_of, task

ONCE = cumulative("purchase.count", 1)
IN, OUT, BOTH = "IN", "OUT", "BOTH"


@pytest.fixture
async def people(database: str) -> dict[str, int]:
    """One of the audience, one who is not, and one of it who is of the excluded too."""
    await audience("payers", IN, BOTH)
    await audience("overdue", BOTH)
    return await customers.ids_of([IN, OUT, BOTH])


async def claimed(customer_id: int, code: str) -> str:
    [answer] = await tasks.claim_batch([Claimant(customer_id, code, "bank_app")])
    return answer.code if isinstance(answer, DomainError) else "claimed"


async def seen(code: str) -> list[str]:
    return [who for who in (IN, OUT, BOTH) if code in [one for one, _ in await page_of(who)]]


@pytest.mark.parametrize(
    ("visible", "expected"),
    [
        ({}, [IN, OUT, BOTH]),
        ({"audience": "payers"}, [IN, BOTH]),
        ({"exclude": "overdue"}, [IN, OUT]),
        ({"audience": "payers", "exclude": "overdue"}, [IN]),
    ],
)
async def test_pages_and_claims_are_of_those_it_is_for(
    people: dict[str, int], visible: dict[str, Any], expected: list[str]
) -> None:
    await step("gas", visible=visible)
    assert await seen("gas") == expected
    answers = {who: await claimed(customer_id, "gas") for who, customer_id in people.items()}
    assert answers == {who: "claimed" if who in expected else "task.not_found" for who in people}


async def test_a_page_asks_the_database_no_more_for_audiences(people: dict[str, int]) -> None:
    async def page() -> tuple[int, list[str]]:
        statements: list[str] = []
        await tasks.catalogue.refresh()
        async with database.transaction() as connection:
            with connection.query_logger(lambda record: statements.append(record.query)):
                views = await tasks.tasks_of(people[IN], "bank_app")
        return len(views), statements

    for number in range(3):
        await step(f"gas{number}")
    await page()  # the connection looks up types once
    plain = await page()
    for number in range(3):
        await step(f"gas{number}", visible={"audience": "payers", "exclude": "overdue"})
    assert await page() == plain
    assert plain[0] == 3


async def test_who_comes_to_belong_sees_it_and_who_does_not_any_more_keeps_what_was_begun(
    people: dict[str, int],
) -> None:
    await step("gas", visible={"audience": "payers"})
    assert await claimed(people[IN], "gas") == "claimed"
    await worked_out("payers", OUT)
    assert await seen("gas") == [IN, OUT]
    assert await claimed(people[BOTH], "gas") == "task.not_found"
    assert await claimed(people[OUT], "gas") == "claimed"


async def test_an_audience_that_is_paused_or_over_has_nobody(people: dict[str, int]) -> None:
    await step("gas", visible={"audience": "payers"})
    for move, expected in ((approvals.pause, []), (approvals.resume, [IN, BOTH]), (approvals.end, [])):
        await move(AUDIENCES, "payers", CHECKER)
        assert await seen("gas") == expected
    assert await claimed(people[IN], "gas") == "task.not_found"


async def test_nothing_is_claimed_automatically_for_others_and_what_they_did_counts_once_they_belong(
    people: dict[str, int],
) -> None:
    await task("gas", cumulative("purchase.count", 2), visible={"audience": "payers"})
    await events.ingest([purchase(IN), purchase(OUT)])
    assert (await state_of(IN, "gas"), await state_of(OUT, "gas")) == ("claimed", None)
    await worked_out("payers", IN, OUT)
    await events.ingest([purchase(OUT)])
    assert await state_of(OUT, "gas") in ("completed", "rewarded")


async def test_a_chain_does_not_lead_others_into_it(people: dict[str, int]) -> None:
    await step("second", visible={"audience": "payers"})
    await task("first", ONCE, follow_ups=chain("second"))
    for who in (IN, OUT):
        await complete(who)
    assert (await offers_of(IN), await offers_of(OUT)) == ({"second": "claimed"}, {})


@pytest.mark.parametrize(
    ("visible", "faults"),
    [
        ({"audience": "nobody"}, [("visible.audience", "audience.unknown_reference")]),
        (
            {"audience": "a", "exclude": "b"},
            [("visible.audience", "audience.unknown_reference"), ("visible.exclude", "audience.unknown_reference")],
        ),
        ({"audience": "payers", "exclude": "payers"}, [("visible.exclude", "audience.excludes_itself")]),
    ],
)
async def test_audiences_nobody_belongs_to_are_refused(
    people: dict[str, int], visible: dict[str, str], faults: list[tuple[str, str]]
) -> None:
    with pytest.raises(RuleViolated) as refused:
        await step("gas", visible=visible)
    assert [(one.path, one.code) for one in refused.value.faults] == faults


@pytest.fixture
async def followers(people: dict[str, int]) -> None:
    """Two tasks a pool may bring, a tag of each type."""
    await step("dining")
    await step("travel")
    await tag("loves_food")
    await tag("spent", "number")
    await tag("taste", "text", values=["甜", "辣"])


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({"tag": {"tag": "loves_food", "is": True}}, [IN]),
        ({"tag": {"tag": "loves_food", "is": False}}, [OUT]),
        ({"tag": {"tag": "spent", "at_least": 100}}, [IN]),
        ({"tag": {"tag": "spent", "exists": False}}, []),
        ({"tag": [{"tag": "loves_food", "is": True}, {"tag": "spent", "at_most": 99}]}, []),
        ({"tag": {"tag": "taste", "in": ["甜", "辣"]}}, [OUT]),
        ({"audience": "payers"}, [IN]),
        ({"audience": ["overdue", "payers"]}, [IN]),
        ({"audience": "overdue"}, []),
        ({"audience": "payers", "tag": {"tag": "spent", "at_most": 10}}, []),
    ],
)
async def test_a_pool_offers_by_tag_and_audience(followers: None, when: dict[str, Any], expected: list[str]) -> None:
    await tagged("loves_food", IN=True)
    await tagged("spent", IN=100, OUT=50)
    await tagged("taste", OUT="辣")
    await task("first", ONCE, follow_ups=pool(offer("dining", **when)))
    for who in (IN, OUT):
        await complete(who)
    assert [who for who in (IN, OUT) if await offers_of(who)] == expected


async def test_many_completions_read_the_tags_they_ask_for_once(followers: None) -> None:
    rules = [
        give("dining", tag={"tag": "loves_food", "is": True}),
        offer("travel", tag={"tag": "spent", "at_least": 1}),
    ]
    await task("first", ONCE, follow_ups=pool(*rules))
    many = [f"M{number}" for number in range(5)]
    await tagged("loves_food", **dict.fromkeys(many, True))
    await events.ingest([purchase(who) for who in many])
    rows = await database.fetch("SELECT id, round, customer_id, task FROM claim WHERE task = 'first'")
    facts = [TaskCompleted(*row, name="", rewards=[], settles_at=clock.now()) for row in rows]
    statements: list[str] = []
    async with database.transaction() as connection:
        with connection.query_logger(lambda record: statements.append(record.query)):
            await tasks.follow_up(connection, facts)
    assert len(facts) == len(many)
    assert sum("FROM tag_value" in one for one in statements) == 1
    assert [await offers_of(who) for who in many] == [{"dining": "claimed"}] * 5


@pytest.mark.parametrize(
    ("when", "path", "code"),
    [
        ({"tag": {"tag": "nothing", "is": True}}, "tag.tag", "tag.unknown_reference"),
        ({"tag": [{"tag": "spent", "at_least": 1}, {"tag": "spent", "is": True}]}, "tag[1]", "tag.test_does_not_fit"),
        ({"tag": {"tag": "spent"}}, "tag", "task.wrong_when"),
        ({"tag": []}, "tag", "task.wrong_when"),
        ({"audience": "nobody"}, "audience", "audience.unknown_reference"),
        ({"audience": ["payers", "nobody"]}, "audience[1]", "audience.unknown_reference"),
        ({"audience": 7}, "audience", "task.wrong_when"),
    ],
)
async def test_a_when_that_could_never_hold_is_refused(
    followers: None, when: dict[str, Any], path: str, code: str
) -> None:
    with pytest.raises(RuleViolated) as refused:
        await task("first", ONCE, follow_ups=pool(offer("dining", **when)))
    assert [(one.path, one.code) for one in refused.value.faults] == [(f"follow_ups.rules[0].when.{path}", code)]
