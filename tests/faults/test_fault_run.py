"""A short fault run: what events come to does not depend on who dies when."""

import asyncio

from tests.faults.disasters import Disasters
from tests.faults.house import house
from tests.faults.storm import Plan, run

DISASTERS = Disasters(kills=12, crashes=2, losses=1, freezes=1)
PLAN = Plan(seed=7, customers=28, purchases=22, disasters=DISASTERS)


def test_kills_and_crashes_change_nothing_of_the_outcome() -> None:
    # A runner of its own: the session's loop is not ours to interrupt, and this one clears up when interrupted.
    with house() as place, asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        report = runner.run(run(PLAN, place, print))
    assert report.wrong == []
    assert (report.disasters["kill"], report.disasters["postgres"]) == (12, 2)
    assert report.figures["rewards taken back"] > 0
    assert report.figures["checks of invariants"] > 50
