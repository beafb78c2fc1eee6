"""A short fault run of claims: no ceiling is exceeded and no answer is untrue, whoever dies when."""

import asyncio

from tests.faults.claims import Plan, run
from tests.faults.disasters import Disasters
from tests.faults.house import house

PLAN = Plan(seed=11, claims=1_600, disasters=Disasters(kills=6, crashes=1, losses=1, freezes=0))


def test_nothing_is_oversold_lost_or_doubled_whoever_dies() -> None:
    with house(webs=3, workers=0) as place, asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        report = runner.run(run(PLAN, place, print))
    assert report.wrong == []
    assert (report.disasters["kill"], report.disasters["postgres"]) == (6, 1)
    assert report.verdict.coupons["hot"] == 160
    assert {"201", "200", "coupon.out_of_stock", "coupon.daily_cap", "coupon.personal_cap"} <= set(report.tally.answers)
    assert report.tally.unanswered > 0
