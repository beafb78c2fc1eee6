"""Any life of a budget, its coupons and its rewards, held against the plain story, with every invariant at each step."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain import approvals, coupons, customers, events, rewards
from domain.campaigns import CAMPAIGNS
from domain.coupons import Issued, IssueOrder
from domain.events import Event
from kit import clock, database
from kit.errors import RuleViolated
from tests.conftest import empty
from tests.domain.campaigns import stage
from tests.domain.campaigns.plain import SETTLE_DAYS, VALID_DAYS, Completion, Plain, PlainCoupon, Terms
from tests.domain.coupons.stage import CHECKER, MAKER, issue, publish_template
from tests.domain.tasks.making import at, cumulative, purchase, refund, settle, task
from tests.domain.tasks.time_machine import TimeMachine

T = TypeVar("T")
BRANCHES = ("SH", "BJ", None)
PICK = st.integers(0, 10**6)
branches = st.sampled_from(BRANCHES)


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    """A budget an operator could write."""
    total = draw(st.integers(350, 4_000))
    daily = draw(st.none() | st.integers(min(total, 700), total))
    shares: dict[str, int] = {}
    for branch in ("SH", "BJ"):
        left = total - sum(shares.values())
        if left and draw(st.booleans()):
            shares[branch] = draw(st.integers(min(left, 500), left))
    share_daily = {
        branch: draw(st.integers(min(350, share, daily or share), min(share, daily or share)))
        for branch, share in shares.items()
        if draw(st.booleans())
    }
    return Terms(total, daily, shares, share_daily)


class Life(RuleBasedStateMachine):
    """One campaign, one template that costs it, one task that gives the coupon at once, one that gives it later."""

    loop: ClassVar[asyncio.AbstractEventLoop]

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """In the loop the database's connections belong to; this runs in a thread beside it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    @initialize(wanted=terms())
    def begin(self, wanted: Terms) -> None:
        self.plain, self.price, self.number = Plain(wanted), 350, 0
        self.bought: dict[str, Event] = {}
        self.do(self._begin(wanted))

    async def _begin(self, wanted: Terms) -> None:
        await empty()
        clock.advance((at("2027-03-10 12:00") - clock.now()).total_seconds())
        await stage.campaign(**_written(wanted))
        await self._publish()
        gives = {"rewards": [{"coupon": "free7"}]}
        await task("now", cumulative("purchase.count", 1, mcc={"in": ["5541"]}), **gives)
        await task(
            "later", cumulative("purchase.count", 1, mcc={"in": ["5411"]}), settle_after_days=SETTLE_DAYS, **gives
        )
        self.people = {branch: await stage.customer(branch) for branch in BRANCHES}

    async def _publish(self) -> None:
        validity = {"mode": "dynamic", "days": VALID_DAYS}
        await publish_template("free7", campaign="autumn", cost_fen=self.price, per_person=None, validity=validity)

    @rule(wanted=st.lists(branches, min_size=1, max_size=4))
    def issue_coupons(self, wanted: list[str | None]) -> None:
        self.number += 1
        orders = [
            IssueOrder(self.people[branch], "free7", f"s{self.number}:{place}", "test")
            for place, branch in enumerate(wanted)
        ]
        for branch, outcome in zip(wanted, self.do(issue(*orders)), strict=True):
            refusal = self.plain.why_not(branch, self.price)
            if isinstance(outcome, Issued):
                assert refusal is None
                self.plain.have(outcome.coupon_id, self.plain.reserve(branch, self.price))
            else:
                assert outcome.code == refusal

    @rule(branch=branches, later=st.booleans())
    def complete(self, branch: str | None, later: bool) -> None:
        self.number += 1
        customer = f"L{self.number}"
        self.bought[customer] = purchase(customer, mcc="5411" if later else "5541")
        self.do(self._complete(customer, branch))
        refusal = self.plain.why_not(branch, self.price)
        money = None if refusal else self.plain.reserve(branch, self.price)
        done = Completion(customer, self.plain.today, money, SETTLE_DAYS if later else 0)
        self.plain.completions.append(done)
        failure = self.do(database.fetchval(_GRANT.format("failure"), customer))
        assert failure == refusal
        if refusal:
            done.state = "failed"
        elif not later:
            self._given(done)

    async def _complete(self, customer: str, branch: str | None) -> None:
        customer_id = (await customers.ids_of([customer]))[customer]
        await database.execute("UPDATE customer SET branch = $2 WHERE id = $1", customer_id, branch)
        await events.ingest([self.bought[customer]])
        await settle()

    def _given(self, done: Completion) -> None:
        assert done.money is not None
        done.state = "granted"
        done.coupon = self.plain.have(self.do(database.fetchval(_GRANT.format("coupon_id"), done.customer)), done.money)

    @precondition(lambda self: self.plain.due())
    @rule()
    def settle_rewards(self) -> None:
        due = self.plain.due()
        self.do(_all(rewards.settle_due))
        for done in due:
            self._given(done)

    @precondition(lambda self: self._not_lost())
    @rule(pick=PICK)
    def lose_a_completion(self, pick: int) -> None:
        done = _one(self._not_lost(), pick)
        bought = self.bought.pop(done.customer)
        self.do(events.ingest([refund(bought)]))
        self.do(settle())
        self.plain.lose(done)

    def _not_lost(self) -> list[Completion]:
        return [one for one in self.plain.completions if one.customer in self.bought]

    @precondition(lambda self: self._coupons("unused", valid=True))
    @rule(pick=PICK)
    def occupy(self, pick: int) -> None:
        coupon = _one(self._coupons("unused", valid=True), pick)
        coupon.loan_id = self.do(stage.borrow(coupon.coupon_id))
        coupon.state = "occupied"

    @precondition(lambda self: self._coupons("occupied"))
    @rule(pick=PICK, disbursed=st.booleans())
    def conclude(self, pick: int, disbursed: bool) -> None:
        coupon = _one(self._coupons("occupied"), pick)
        assert coupon.loan_id is not None
        self.do(stage.conclude(coupon.loan_id, disbursed=disbursed))
        self.do(settle())
        self.plain.conclude(coupon, disbursed=disbursed)

    @precondition(lambda self: self.plain.coupons)
    @rule(pick=PICK)
    def void(self, pick: int) -> None:
        coupon = _one(self.plain.coupons, pick)
        self.do(stage.void(coupon.coupon_id))
        self.plain.take_back(coupon)

    def _coupons(self, state: str, *, valid: bool = False) -> list[PlainCoupon]:
        return [one for one in self.plain.coupons if one.state == state and (not valid or self.plain.is_valid(one))]

    @rule(days=st.integers(1, VALID_DAYS))
    def days_pass(self, days: int) -> None:
        clock.advance(timedelta(days=days).total_seconds())
        self.plain.today += days

    @rule()
    def expire(self) -> None:
        self.do(_all(lambda: coupons.expire(clock.now())))
        self.plain.expire()

    @rule(wanted=terms())
    def change_the_budget(self, wanted: Terms) -> None:
        allowed = self.plain.may_change_to(wanted)
        assert self.do(_changed(wanted)) == allowed
        if allowed:
            self.plain.terms, self.plain.closed = wanted, False

    @rule()
    def pause_or_resume(self) -> None:
        self.plain.closed = not self.plain.closed
        verb = approvals.pause if self.plain.closed else approvals.resume
        self.do(verb(CAMPAIGNS, "autumn", MAKER))

    @precondition(lambda self: not self.plain.closed)
    @rule(price=st.sampled_from((120, 350, 500)))
    def change_the_price(self, price: int) -> None:
        self.price = price
        self.do(self._publish())

    @invariant()
    def the_house_tells_the_plain_story(self) -> None:
        plain = self.plain
        for pot, (reserved, committed) in self.do(stage.pots()).items():
            assert (reserved, committed) == (plain.used(pot, state="reserved"), plain.used(pot, state="committed")), pot
        for pot in ("", "HQ", "SH", "BJ"):
            assert sum(self.do(stage.today(pot)) or (0, 0)) == plain.used(pot, plain.today), pot
        rows = self.do(database.fetch("SELECT id, state FROM coupon"))
        assert {row[0]: row[1] for row in rows} == {one.coupon_id: one.state for one in plain.coupons}
        rows = self.do(database.fetch("SELECT state FROM reward_grant WHERE kind <> 'closed'"))
        assert Counter(row[0] for row in rows) == Counter(one.state for one in plain.completions)
        self.do(stage.holds())


_GRANT = """SELECT {} FROM reward_grant g JOIN customer c ON c.id = g.customer_id
            WHERE c.customer_no = $1 AND g.kind = 'coupon'"""


def _one(among: Sequence[T], pick: int) -> T:
    return among[pick % len(among)]


async def _all(job: Any) -> None:
    while await job():
        pass
    await settle()


async def _changed(wanted: Terms) -> bool:
    try:
        await stage.campaign(**_written(wanted))
    except RuleViolated as refusal:
        await approvals.reject(CAMPAIGNS, "autumn", CHECKER, "低于已用")
        return refusal.code != "campaign.budget_below_spent"
    return True


def _written(wanted: Terms) -> dict[str, Any]:
    return {
        "total_fen": wanted.total,
        "daily_fen": wanted.daily,
        "branches": wanted.shares,
        "branch_daily_fen": wanted.share_daily,
    }


@pytest.mark.usefixtures("database")
async def test_any_life_of_a_budget_is_what_the_plain_story_says(time_machine: TimeMachine) -> None:
    Life.loop = asyncio.get_running_loop()
    how = settings(
        max_examples=12,
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
    )
    await asyncio.to_thread(run_state_machine_as_test, Life, settings=how)
