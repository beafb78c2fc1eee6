"""A file of card transactions by each of the four ways: the same completions, those a plain count finds.

`pytest tests/channels/test_file_four_ways.py --transactions FILE` sends a file of your own in the columns of
`cardquest import-transactions`.
"""

import csv
import gzip
import io
from collections import defaultdict
from pathlib import Path
from random import Random

import pytest

from domain import reconciliation
from kit import database
from tests.channels.told_events import Deliver, Told
from tests.conftest import empty
from tests.domain.tasks.making import cumulative, settle, task

Row = dict[str, str]
FUEL, FOOD, MUCH = ["5541"], ["5411"], 200_000
BATCH = 5_000


def made_up() -> list[Row]:
    """400 rows of 20 cards over a year, one month of them published twice."""
    chance = Random(5)
    rows = [
        {
            "txn_id": f"F{number}",
            "card_token": f"card-{chance.randrange(20)}",
            "date": f"2015-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}",
            "type": "refund" if chance.random() < 0.1 else "purchase",
            "amount_minor": str(chance.randrange(100, 250_000 if chance.random() < 0.1 else 40_000)),
            "merchant": f"shop {chance.randrange(12)}",
            "mcc": chance.choice(["5411", "5541", "5812"]),
        }
        for number in range(400)
    ]
    return rows + [row for row in rows if row["date"].startswith("2015-03")]


@pytest.fixture
def rows(request: pytest.FixtureRequest) -> list[Row]:
    given = request.config.getoption("--transactions")
    if given is None:
        return made_up()
    content = Path(given).read_bytes()
    text = (gzip.decompress(content) if given.endswith(".gz") else content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def told(row: Row) -> Told:
    event = {
        "event_id": row["txn_id"],
        "type": row["type"],
        "customer_no": row["card_token"],
        "occurred_at": f"{row['date']}T12:00:00+08:00",
        "amount_fen": int(row["amount_minor"]),
        "card": {"token": row["card_token"]},
        "merchant": {"name": row["merchant"]},
        "mcc": row["mcc"],
    }
    return {name: value for name, value in event.items() if value}


def counted(rows: list[Row]) -> dict[str, int]:
    """How many cards reach each goal, counted without any of the engine. The refunds name no purchase: they come off
    sums, and leave counts alone.
    """
    fuel: dict[str, int] = defaultdict(int)
    food: dict[str, int] = defaultdict(int)
    days, shops, single = defaultdict(set), defaultdict(set), set()
    first = {row["txn_id"]: row for row in reversed(rows)}
    for row in first.values():
        card, amount, bought = row["card_token"], int(row["amount_minor"]), row["type"] == "purchase"
        if row["mcc"] in FOOD:
            food[card] += amount if bought else -amount
        if bought:
            fuel[card] += row["mcc"] in FUEL
            days[card].add(row["date"] if row["date"].startswith("2014-09") else "")
            shops[card].add(row["merchant"] if row["date"].startswith("2015-03") else "")
            single |= {card} if amount >= MUCH else set()
    many_fuel = {card for card, number in fuel.items() if number >= 10}
    much_food = {card for card, total in food.items() if total >= 100_000}
    return {
        "fuel": len(many_fuel),
        "food": len(much_food),
        "shops": sum(len(seen - {""}) >= 8 for seen in shops.values()),
        "days": sum(len(seen - {""}) >= 12 for seen in days.values()),
        "single": len(single),
        "both": len(many_fuel & much_food),
        "either": len(many_fuel | much_food),
    }


async def put_tasks_live() -> None:
    fuel = cumulative("purchase.count", 10, mcc={"in": FUEL})
    food = cumulative("purchase.amount", 100_000, mcc={"in": FOOD})
    march = {"from": "2015-03-01T00:00:00+08:00", "until": "2015-04-01T00:00:00+08:00"}
    september = {"from": "2014-09-01T00:00:00+08:00", "until": "2014-10-01T00:00:00+08:00"}
    contents = {
        "fuel": fuel,
        "food": food,
        "shops": cumulative("purchase.merchants", 8, march),
        "days": cumulative("purchase.days", 12, september),
        "single": {"category": "stream", "item": "purchase", "at_least": MUCH, "window": "lifetime"},
        "both": {"all": [fuel, food]},
        "either": {"any": [fuel, food]},
    }
    for code, content in contents.items():
        await task(code, content, rewards=[{"experience": 1}])
    await settle()


async def completions() -> dict[str, int]:
    done = await database.fetch("SELECT task, count(*) FROM claim WHERE state = 'rewarded' GROUP BY task")
    return dict.fromkeys(("fuel", "food", "shops", "days", "single", "both", "either"), 0) | {
        row[0]: row[1] for row in done
    }


@pytest.mark.usefixtures("database")
async def test_a_file_by_every_way_completes_what_a_plain_count_finds(
    rows: list[Row], http: Deliver, redis_stream: Deliver, kafka: Deliver, inbox: Deliver
) -> None:
    async def signed_batches(events: list[Told]) -> None:
        for start in range(0, len(events), BATCH):
            await http(events[start : start + BATCH])

    expected = counted(rows)
    assert sum(map(bool, expected.values())) >= 5
    ways = {"HTTP": signed_batches, "Redis Streams": redis_stream, "Kafka": kafka, "T+1 file": inbox}
    for way, deliver in ways.items():
        await empty()
        await put_tasks_live()
        await deliver([told(row) for row in rows])
        await settle()
        assert await database.fetchval("SELECT count(*) FROM event") == len({row["txn_id"] for row in rows})
        assert await completions() == expected, way
        assert await reconciliation.reconcile() == []
