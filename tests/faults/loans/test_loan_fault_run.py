"""A short fault run of loans: the bank's books and our database agree, whoever dies and whatever answer gets lost."""

import asyncio

from tests.faults.disasters import Disasters
from tests.faults.house import house
from tests.faults.loans.bank import CALLS
from tests.faults.loans.house import LoanHouse
from tests.faults.loans.run import Plan, run

DISASTERS = Disasters(kills=5, crashes=1, losses=1, freezes=0)
PLAN = Plan(seed=7, customers=8, loans=3, rounds=1, disasters=DISASTERS)


def test_lost_answers_and_kills_change_nothing_of_the_books() -> None:
    with house(LoanHouse) as place, asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        report = runner.run(run(PLAN, place, print))
    assert report.wrong == []
    assert len(report.armed) == 2 * len(CALLS)
    assert (report.disasters["kill"], report.disasters["postgres"]) == (5, 1)
    assert report.figures["loans"] == 24
    assert report.figures["coupons used"] > 0
    assert report.figures["reversals"] > 0
