"""What a campaign's document may say, and how a new version changes ceilings that are being spent."""

from typing import Any

import msgspec
import pytest

from domain import approvals, campaigns
from domain.approvals import State
from domain.campaigns import CAMPAIGNS, Cost
from kit import database
from kit.errors import Conflict, RuleViolated
from tests.domain.campaigns.stage import campaign, commit, customer, document, holds, pots, release, reserve, spent
from tests.domain.coupons.stage import CHECKER, MAKER
from tests.domain.tasks.making import overtaken
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("database")


async def refused(making: Any) -> list[tuple[str, str]]:
    with pytest.raises(RuleViolated) as refusal:
        await making
    return [(fault.path, fault.code) for fault in refusal.value.faults]


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"branches": {"SH": 600, "BJ": 401}}, "budget.branches", "campaign.shares_exceed_total"),
        ({"branches": {"HQ": 1}}, "budget.branches.HQ", "campaign.head_office_share"),
        ({"daily_fen": 1_001}, "budget.daily_fen", "campaign.day_exceeds_total"),
        ({"branch_daily_fen": {"SH": 1}}, "budget.branch_daily_fen.SH", "campaign.unknown_branch"),
        (
            {"branches": {"SH": 10}, "branch_daily_fen": {"SH": 11}},
            "budget.branch_daily_fen.SH",
            "campaign.day_exceeds_total",
        ),
        (
            {"branches": {"SH": 10}, "branch_daily_fen": {"SH": 6}, "daily_fen": 5},
            "budget.branch_daily_fen.SH",
            "campaign.day_exceeds_total",
        ),
        (
            {"window": {"from": "2026-12-01T00:00:00+08:00", "until": "2026-12-01T00:00:00+08:00"}},
            "window.until",
            "campaign.dates",
        ),
    ],
)
async def test_an_impossible_campaign_is_refused_by_path(changes: dict[str, Any], path: str, code: str) -> None:
    assert await refused(campaign(**changes)) == [(path, code)]
    assert await database.fetchval("SELECT count(*) FROM configuration") == 0


async def spend(amount_fen: int, source: str, branch: str | None = None) -> int:
    who = await customer(branch)
    assert await reserve(Cost("autumn", who, amount_fen, source)) == [None]
    return who


async def test_more_money_is_there_at_once_and_can_be_taken_back_down_to_what_is_spent() -> None:
    await campaign(100)
    who = await spend(100, "a")
    await campaign(150)
    assert await reserve(Cost("autumn", who, 50, "b")) == [None]
    await commit("a")
    assert await refused(campaign(149)) == [("budget.total_fen", "campaign.budget_below_spent")]
    assert (await approvals.live("campaigns"))[0].body["budget"]["total_fen"] == 150
    assert await reserve(Cost("autumn", who, 1, "c")) == ["budget.exhausted"]
    await release("b")
    await approvals.reject(CAMPAIGNS, "autumn", CHECKER, "太低")
    await campaign(100)
    assert await spent() == (0, 100)
    await holds(by_hand=True)


async def test_a_share_cannot_be_given_away_that_head_office_has_spent() -> None:
    await campaign(1_000)
    await spend(600, "a", "SH")
    assert await refused(campaign(1_000, branches={"SH": 401})) == [("budget.branches", "campaign.budget_below_spent")]
    await approvals.reject(CAMPAIGNS, "autumn", CHECKER, "太多")
    await campaign(1_000, branches={"SH": 400})
    await spend(400, "b", "SH")
    assert await pots() == {"": (1_000, 0), "HQ": (600, 0), "SH": (400, 0)}
    await release("a")
    assert (await pots())["HQ"] == (0, 0)
    await holds(by_hand=True)


async def test_a_share_goes_only_when_nothing_of_it_is_spent() -> None:
    await campaign(1_000, branches={"SH": 300, "BJ": 300})
    await spend(10, "a", "SH")
    await spend(10, "b", "BJ")
    assert await refused(campaign(1_000, branches={"BJ": 300})) == [
        ("budget.branches.SH", "campaign.budget_below_spent")
    ]
    await approvals.reject(CAMPAIGNS, "autumn", CHECKER, "已使用")
    await release("a")
    await campaign(1_000, branches={"BJ": 10})
    await spend(990, "c", "SH")
    assert await pots() == {"": (1_000, 0), "BJ": (10, 0), "HQ": (990, 0)}
    await campaign(1_010, branches={"BJ": 10, "SH": 10})
    await spend(10, "d", "SH")
    await holds(by_hand=True)


async def test_the_ceiling_of_today_is_not_lowered_below_today_that_of_days_gone_by_stays(
    time_machine: TimeMachine,
) -> None:
    await campaign(1_000, daily_fen=500, branches={"SH": 500}, branch_daily_fen={"SH": 500})
    await spend(500, "a", "SH")
    assert await refused(campaign(1_000, daily_fen=499, branches={"SH": 500}, branch_daily_fen={"SH": 499})) == [
        ("budget.daily_fen", "campaign.budget_below_spent"),
        ("budget.branch_daily_fen.SH", "campaign.budget_below_spent"),
    ]
    time_machine(days=1)
    await approvals.approve(CAMPAIGNS, "autumn", CHECKER)
    who = await customer()
    assert await reserve(Cost("autumn", who, 499, "b"), Cost("autumn", who, 1, "c")) == [None, "budget.day_exhausted"]
    rows = await database.fetch("SELECT ceiling_fen FROM budget_day WHERE branch = '' ORDER BY day")
    assert [row[0] for row in rows] == [500, 499]
    await holds(by_hand=True)


async def test_a_campaign_that_has_had_a_budget_keeps_one() -> None:
    await campaign(100)
    assert await refused(campaign(None)) == [("budget", "campaign.budget_kept")]


async def test_what_was_changed_since_the_checker_read_it_is_not_approved() -> None:
    await campaign(100)
    await approvals.save_draft(CAMPAIGNS, "autumn", _definition(500), MAKER)
    read = (await approvals.submit(CAMPAIGNS, "autumn", MAKER)).content_hash
    await approvals.reject(CAMPAIGNS, "autumn", CHECKER, "请核对")
    await approvals.save_draft(CAMPAIGNS, "autumn", _definition(5_000), MAKER)
    await approvals.submit(CAMPAIGNS, "autumn", MAKER)
    with pytest.raises(Conflict) as refusal:
        await approvals.approve(CAMPAIGNS, "autumn", CHECKER, read)
    assert refusal.value.code == "approval.content_changed"
    assert await database.fetchval("SELECT ceiling_fen FROM budget_pot WHERE branch = ''") == 100


async def test_a_ceiling_is_not_lowered_under_what_is_being_reserved_at_this_moment() -> None:
    await campaign(1_000)
    who = await customer()
    await approvals.save_draft(CAMPAIGNS, "autumn", _definition(500), MAKER)
    await approvals.submit(CAMPAIGNS, "autumn", MAKER)
    faults = await overtaken(
        lambda connection: campaigns.reserve(connection, [Cost("autumn", who, 501, "a")]),
        lambda: refused(approvals.approve(CAMPAIGNS, "autumn", CHECKER)),
    )
    assert ("budget.total_fen", "campaign.budget_below_spent") in faults
    reading = await approvals.read("campaigns", "autumn", MAKER)
    assert (reading.latest.state, reading.latest.version) == (State.SUBMITTED, 2)
    await holds(by_hand=True)


async def test_who_reserves_while_a_ceiling_is_being_lowered_meets_the_new_one() -> None:
    await campaign(1_000)
    who = await customer()
    await approvals.save_draft(CAMPAIGNS, "autumn", _definition(500), MAKER)
    await approvals.submit(CAMPAIGNS, "autumn", MAKER)
    answer = await overtaken(
        lambda _connection: approvals.approve(CAMPAIGNS, "autumn", CHECKER),
        lambda: reserve(Cost("autumn", who, 501, "a")),
    )
    assert answer == ["budget.exhausted"]
    await holds(by_hand=True)


def _definition(total_fen: int) -> Any:
    return msgspec.convert(document(total_fen), CAMPAIGNS.definition)
