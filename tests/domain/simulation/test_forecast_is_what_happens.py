"""A forecast of a task is what really happens where the task is live and the same events are told."""

from datetime import timedelta
from itertools import count

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from channels.card_core.translate import read_batch
from domain import approvals, customers, events, tasks
from domain.events import Event
from domain.simulation import TaskForecast
from domain.tasks import MCC_EXCLUSIONS, Claimant, lateness
from kit import database
from tests.channels.test_file_four_ways import Row, completions, put_tasks_live, rows, told
from tests.domain.campaigns.stage import campaign
from tests.domain.coupons.stage import MAKER, publish
from tests.domain.simulation.stage import forecast_of, maker_of, result_of
from tests.domain.tasks.conditions.strategies import contents, histories
from tests.domain.tasks.making import Condition, at, settle, task
from tests.domain.tasks.test_any_order import FIXED, go_to, may_be, terms
from tests.domain.tasks.time_machine import TimeMachine

LIVE, SINCE, UNTIL = at("2026-11-18 00:00"), "2026-11-18", "2026-12-09"
__all__ = ["rows"]
_numbers = count(1)
_any_database = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking over a database takes minutes
)
Counts = dict[str, tuple[int, int]]
"""Task → claimed, completed."""


@pytest.fixture(autouse=True)
def nothing_is_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told too late is lost; a forecast takes everything to be told when it happens."""
    monkeypatch.setattr(lateness, "_lateness", timedelta(days=90))


async def happen(named: list[str], streams: list[list[Event]]) -> str:
    """Customers of a branch of their own, who claim the tasks named as soon as they are live; what is theirs is told
    afterwards. The branch.
    """
    branch = f"B{next(_numbers)}"
    numbers = [f"{branch}-{place}" for place in range(len(streams))]
    ids = await customers.ids_of(numbers)
    await database.execute("UPDATE customer SET branch = $1 WHERE id = ANY($2::bigint[])", branch, list(ids.values()))
    answers = await tasks.claim_batch([Claimant(one, code) for code in named for one in ids.values()])
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    go_to(LIVE + timedelta(days=25))
    for number, stream in zip(numbers, streams, strict=True):
        await events.ingest([_of(number, event) for event in stream])
    await settle()
    return branch


def _of(number: str, event: Event) -> Event:
    original = event.original_event_id and f"{number}-{event.original_event_id}"
    event_id = f"{number}-{event.event_id}"
    return msgspec.structs.replace(event, event_id=event_id, customer_no=number, original_event_id=original)


async def really(branch: str) -> Counts:
    """Of automatic claims those on which something stands: others are as good as none."""
    rows = await database.fetch(
        """SELECT k.task, count(*), count(*) FILTER (WHERE k.state IN ('completed', 'rewarded')) FROM claim k
           JOIN customer c ON c.id = k.customer_id
           WHERE c.branch = $1 AND (k.task LIKE 'manual-%' OR EXISTS (
             SELECT FROM jsonb_array_elements(k.progress) AS state WHERE state <> '{}')) GROUP BY k.task""",
        branch,
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def foreseen(found: list[TaskForecast]) -> Counts:
    return {one.task: (one.claimed, one.completed) for one in found if one.claimed}


async def compare(branch: str) -> None:
    """Nothing tells what is forecast from what has happened."""
    result = await result_of("campaigns", "all", SINCE, UNTIL, version="live", by=maker_of(branch))
    assert foreseen(result.tasks) == await really(branch)


async def put_live(contents_by_name: dict[str, Condition], terms: Condition) -> list[str]:
    """Each content to be claimed by hand, and automatically from the same moment on; those by hand."""
    for name, content in contents_by_name.items():
        await task(f"manual-{name}", content, automatic=False, campaign="all")
        await task(f"auto-{name}", content, campaign="all", claim={**terms, "from": LIVE.isoformat()})
    await settle()
    return [f"manual-{name}" for name in contents_by_name]


@pytest.fixture
async def by_hand(database: str, time_machine: TimeMachine) -> list[str]:
    """The fixed contents, live in a campaign that all branches see."""
    go_to(LIVE)
    await publish(MCC_EXCLUSIONS, "default", {"name": "通用", "mccs": [{"mcc": "5812", "reason": "餐厅"}]})
    await campaign(None, "all")
    return await put_live(FIXED, {})


@settings(_any_database, max_examples=25)
@given(st.lists(histories(2, 10), min_size=2, max_size=3))
async def test_claims_and_completions_are_those_that_really_happen(
    by_hand: list[str], streams: list[list[Event]]
) -> None:
    go_to(LIVE)
    await compare(await happen(by_hand, streams))


@settings(_any_database, max_examples=8)
@given(st.lists(contents(2), min_size=3, max_size=3), terms, st.lists(histories(2, 10), min_size=2, max_size=3))
async def test_it_is_so_for_any_content(
    database: str, time_machine: TimeMachine, many: list[Condition], terms: Condition, streams: list[list[Event]]
) -> None:
    assume(all(may_be(content, terms) for content in many))
    go_to(LIVE)
    await campaign(None, "all")
    named = await put_live({f"{next(_numbers)}": content for content in many}, terms)
    await compare(await happen(named, streams))
    for code in [version.code for version in await approvals.live("tasks")]:
        await approvals.end(tasks.TASKS, code, MAKER)


@pytest.mark.usefixtures("database")
async def test_a_file_of_transactions_completes_what_was_forecast(rows: list[Row]) -> None:
    await put_tasks_live()
    for start in range(0, len(rows), 2_000):
        body = msgspec.json.encode({"events": [told(row) for row in rows[start : start + 2_000]]})
        await events.ingest(read_batch(body, "card-core").events)
    await settle()
    happened = await completions()
    assert sum(map(bool, happened.values())) >= 5
    # Their windows look back on everything: what is played is no matter as long as the file is over.
    for code, completed in happened.items():
        found = await forecast_of(code, "2015-11-01", "2015-12-31", version="live")
        assert (found.claimed, found.completed) == (await claimed(code), completed), code


async def claimed(code: str) -> int:
    return int(await database.fetchval("SELECT count(*) FROM claim WHERE task = $1", code))
