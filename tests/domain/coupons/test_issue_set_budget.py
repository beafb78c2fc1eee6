"""Sets spend budgets as orders do one by one: by branch, by day, to the fen."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import approvals, campaigns, coupons
from domain.campaigns import CAMPAIGNS
from domain.coupons import Issued, IssueOrder, SetOutcome
from domain.reconciliation import reconcile
from kit import database
from tests.domain.campaigns.stage import campaign, pots, today
from tests.domain.coupons.stage import MAKER, broken, issue, issue_one, new_customers, publish_template
from tests.domain.coupons.test_issue_set import issue_set, owners

pytestmark = pytest.mark.usefixtures("database")
PASSED_OVER = ("coupon.personal_cap", "budget.branch_exhausted")
ceiling = st.integers(0, 12)


async def one_by_one(template: str, people: list[int]) -> SetOutcome:
    """What `issue` says, order by order, until it refuses for what concerns everybody."""
    issued, skipped = 0, dict.fromkeys(PASSED_OVER, 0)
    for place, customer in enumerate(people):
        [outcome] = await issue(IssueOrder(customer, template, f"one:{customer}", "test"))
        if isinstance(outcome, Issued):
            issued += 1
        elif outcome.code in PASSED_OVER:
            skipped[outcome.code] += 1
        else:
            return SetOutcome(place, issued, {code: n for code, n in skipped.items() if n}, outcome.code)
    return SetOutcome(len(people), issued, {code: n for code, n in skipped.items() if n})


async def in_sets(template: str, people: list[int]) -> SetOutcome:
    """The same by `issue_set`, called again as long as nothing stops it before the end."""
    decided, issued, skipped = 0, 0, dict.fromkeys(PASSED_OVER, 0)
    while True:
        outcome = await issue_set(people[decided:], template)
        decided += outcome.decided
        issued += outcome.issued
        for code, number in outcome.skipped.items():
            skipped[code] += number
        if outcome.stopped_by or decided == len(people):
            return SetOutcome(decided, issued, {code: n for code, n in skipped.items() if n}, outcome.stopped_by)
        assert outcome.decided > 0


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    branches=st.lists(st.sampled_from(["SH", "SZ", "BJ", None]), min_size=5, max_size=10),
    held=st.lists(st.booleans(), min_size=10, max_size=10),
    stock=st.integers(1, 10),
    daily_cap=st.one_of(st.none(), st.integers(1, 8)),
    shares=st.dictionaries(st.sampled_from(["SH", "SZ"]), ceiling),
    kept=ceiling,
    daily_fen=st.one_of(st.none(), ceiling),
    branch_daily=st.one_of(st.none(), ceiling),
    cost=st.integers(0, 2),
)
async def test_a_set_spends_as_orders_do_one_by_one(
    branches: list[str | None],
    held: list[bool],
    stock: int,
    daily_cap: int | None,
    shares: dict[str, int],
    kept: int,
    daily_fen: int | None,
    branch_daily: int | None,
    cost: int,
) -> None:
    total = max(1, kept + sum(shares.values()))
    budget: dict[str, Any] = {"branches": {branch: max(1, share) for branch, share in shares.items()}}
    total = max(total, sum(budget["branches"].values()))
    if daily_fen:
        budget["daily_fen"] = min(daily_fen, total)
    if branch_daily and "SH" in budget["branches"]:
        most = min(branch_daily, budget["branches"]["SH"], budget.get("daily_fen") or branch_daily)
        budget["branch_daily_fen"] = {"SH": most}
    people = sorted(await new_customers(len(branches)))
    for customer, branch in zip(people, branches, strict=True):
        await database.execute("UPDATE customer SET branch = $2 WHERE id = $1", customer, branch)
    results, counted = [], []
    for way in (one_by_one, in_sets):
        code = f"t{await database.fetchval('SELECT nextval($1)', 'change_no')}"
        await publish_template(code, stock=100, per_person=None)
        out = [await issue_one(customer, code) for customer, has in zip(people, held, strict=False) if has]
        await database.execute("UPDATE coupon_day SET issued = 0 WHERE template = $1", code)
        await campaign(total, code, **budget)
        await publish_template(code, campaign=code, stock=len(out) + stock, daily_cap=daily_cap, cost_fen=cost)
        results.append(await way(code, people))
        counted.append((await pots(code), [await today(branch, code) for branch in ("", "HQ", "SH", "SZ")]))
        await _forget_sources()
    assert results[0] == results[1]
    assert counted[0] == counted[1]


async def _forget_sources() -> None:
    """Sources are for ever; the next example uses the same names for other coupons."""
    await database.execute(
        "UPDATE coupon SET source = concat('old:', id) WHERE source LIKE 'one:%' OR source LIKE 'set:%'"
    )


async def test_the_ledger_of_a_set_is_that_of_its_coupons() -> None:
    await campaign(1_000, branches={"SH": 100})
    await publish_template("free7", campaign="autumn", cost_fen=50)
    people = await new_customers(4)
    await database.execute("UPDATE customer SET branch = 'SH' WHERE id = ANY($1::bigint[])", people[:3])
    assert await issue_set(people) == SetOutcome(4, 3, {"budget.branch_exhausted": 1})
    assert await owners() == [people[0], people[1], people[3]]
    assert await pots() == {"": (0, 150), "HQ": (0, 50), "SH": (0, 100)}
    assert await reconcile() == []
    [coupon] = await coupons.wallet(people[0], None, None, 5)
    async with database.transaction() as connection:
        await coupons.void(connection, [coupon.id], "test")
    assert await pots() == {"": (0, 100), "HQ": (0, 50), "SH": (0, 50)}
    assert await reconcile() == []
    assert await broken() == {}


async def test_what_a_branch_did_not_take_of_the_stock_is_there_for_others() -> None:
    await campaign(1_000, branches={"SH": 50})
    await publish_template("free7", campaign="autumn", cost_fen=50, stock=2)
    people = await new_customers(4)
    await database.execute("UPDATE customer SET branch = 'SH' WHERE id = ANY($1::bigint[])", people[:2])
    assert await in_sets("free7", people) == SetOutcome(3, 2, {"budget.branch_exhausted": 1}, "coupon.out_of_stock")


async def test_of_a_campaign_that_is_paused_nothing_is_issued() -> None:
    await campaign(1_000)
    await publish_template("free7", campaign="autumn", cost_fen=50)
    await approvals.pause(CAMPAIGNS, "autumn", MAKER)
    assert await issue_set(await new_customers(2)) == SetOutcome(0, 0, {}, "budget.closed")
    assert await pots() == {"": (0, 0), "HQ": (0, 0)}


async def test_a_campaign_without_a_budget_costs_nothing() -> None:
    await campaign(None)
    await publish_template("free7", campaign="autumn", cost_fen=50)
    assert (await issue_set(await new_customers(2))).issued == 2
    async with database.transaction() as connection:
        assert await campaigns.spend_set(connection, "autumn", 50, [1, 2], "x:") == campaigns.SetSpent([1, 2])
