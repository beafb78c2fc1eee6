"""Which claims a batch of events loads: those it can move, however many others their customers have."""

from datetime import timedelta

import pytest

from domain import approvals, customers, events
from domain.events import Event
from domain.tasks import TASKS, catalogue, hearers
from domain.tasks.catalogue import Catalogue
from kit import clock, database
from tests.domain.coupons.stage import MAKER
from tests.domain.tasks.making import claim, cumulative, purchase, task, told
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("database")
FUEL = cumulative("purchase.count", 9, "claim", mcc={"in": ["5541"]})
FOOD = cumulative("purchase.count", 9, "claim", mcc={"in": ["5411"]})
ANY = cumulative("purchase.amount", 10**9, "claim")


async def loaded(*news: Event, whole: bool = False) -> list[str]:
    """The tasks of what these events of C1 load, with the cycle where there is one."""
    customer_id = await customers.id_of("C1")
    async with database.transaction() as connection:
        await catalogue.follow(await approvals.share_live_set(connection))
        found = await hearers.load(connection, {customer_id: list(news)}, [customer_id] if whole else [])
    return sorted(f"{one.version.code} {one.cycle}".removesuffix(" once") for one in found)


@pytest.fixture
async def claims(database: str) -> None:
    for code, content in (("fuel", FUEL), ("food", FOOD), ("any", ANY)):
        await task(code, content, automatic=False)
        await claim("C1", code)
        await claim("C2", code)


async def test_only_what_hears_of_it(claims: None) -> None:
    assert await loaded(purchase(mcc="5541")) == ["any", "fuel"]
    assert await loaded(purchase(mcc="9999")) == ["any"]
    assert await loaded(purchase(mcc="5541"), purchase(mcc="5411")) == ["any", "food", "fuel"]
    assert await loaded(told("card.activated")) == []
    assert await loaded(purchase(mcc="9999"), whole=True) == ["any", "food", "fuel"]


async def test_also_on_versions_this_process_never_saw(claims: None, monkeypatch: pytest.MonkeyPatch) -> None:
    await approvals.end(TASKS, "fuel", MAKER)
    fresh = Catalogue()
    for module in ("hearers", "book"):
        monkeypatch.setattr(f"domain.tasks.{module}.catalogue", fresh)
    monkeypatch.setattr("tests.domain.tasks.test_hearers.catalogue", fresh)
    assert await loaded(purchase(mcc="9999")) == ["any", "fuel"]
    assert await loaded(purchase(mcc="9999")) == ["any"]


async def test_past_cycles_and_closed_claims_stay_behind(time_machine: TimeMachine) -> None:
    await task("daily", ANY, claim={"cycle": "daily"})
    await task("short", ANY, automatic=False, claim={"days_to_finish": 1})
    for _ in range(4):
        await events.ingest([purchase(occurred_at=clock.now())])
        time_machine(days=1)
    await claim("C1", "short")
    await events.ingest([purchase(occurred_at=clock.now())])
    today = clock.today()
    assert f"daily {today}" in await loaded(purchase(occurred_at=clock.now()))
    time_machine(days=9)
    await events.ingest([purchase(occurred_at=clock.now())])
    assert await loaded(purchase(occurred_at=clock.now())) == [f"daily {today + timedelta(days=9)}"]
