"""Events as the core tells them, however it tells them, and what became of them."""

import csv
import hashlib
import io
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import redis.asyncio as aioredis

from kit import clock, database
from tests.domain.tasks.making import claims_of

Told = dict[str, Any]
Deliver = Callable[[list[Told]], Awaitable[Any]]
DAY = "events-20261101.csv"
PAN = "6222021234567894"
_FLAT = {"card": "card_", "merchant": "merchant_"}
COLUMNS = (
    *("event_id", "type", "customer_no", "occurred_at", "amount_fen", "currency", "card_token", "card_last4"),
    *("card_product", "mcc", "merchant_id", "merchant_name", "channel", "auth_code", "original_event_id", "attributes"),
)


def told(event_id: str, **change: Any) -> Told:
    """A purchase an hour ago."""
    when = clock.local_text(clock.now() - timedelta(hours=1))
    event = {"event_id": event_id, "type": "purchase", "customer_no": "C1", "occurred_at": when, "amount_fen": 10_000}
    return event | change


def history(prefix: str, seed: int, most: int = 60) -> list[Told]:
    """The same for each seed but for the prefix: purchases, what takes some back, statuses, repeats, in any order."""
    chance = Random(seed)
    began = clock.start_of_day(clock.today()) - timedelta(days=2)
    events: list[Told] = []
    for number in range(most):
        event = told(
            f"{prefix}-{number}",
            customer_no=f"{prefix}-C{chance.randrange(5)}",
            occurred_at=clock.local_text(began + timedelta(minutes=chance.randrange(2_000))),
        )
        kind = chance.random()
        if kind < 0.15:
            event |= {"type": "status", "amount_fen": 0}
            event["attributes"] = {"name": "card.activated", "value": chance.random() < 0.5}
        elif kind < 0.4 and events:
            purchase = chance.choice(events)
            event |= {
                "type": "refund",
                "customer_no": purchase["customer_no"],
                "amount_fen": chance.randrange(1, 9_000),
            }
            event["original_event_id"] = purchase["event_id"]
        else:
            event |= {
                "amount_fen": chance.randrange(1, 50_000),
                "currency": "CNY",
                "channel": "pos",
                "auth_code": "018823",
            }
            event["card"] = {"token": f"{prefix}-ct", "last4": "5770", "product": "young"}
            event["mcc"] = chance.choice(["5541", "5411"])
            event["merchant"] = {
                "id": f"M{chance.randrange(3)}",
                "name": chance.choice(["壳牌", "中石化,“东”站", "㐂寿司"]),
            }
        events.append(event)
    events += chance.choices(events, k=5)
    chance.shuffle(events)
    return events


def encoded(event: Any) -> bytes:
    return json.dumps(event, ensure_ascii=False).encode()


def row_of(event: Told) -> list[str]:
    """The event under `COLUMNS`."""
    flat: dict[str, Any] = {}
    for name, value in event.items():
        if name in _FLAT:
            flat |= {_FLAT[name] + inner: cell for inner, cell in value.items()}
        else:
            flat[name] = json.dumps(value, ensure_ascii=False) if name == "attributes" else value
    return [str(flat.get(name, "")) for name in COLUMNS]


def as_csv(events: list[Told], encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(row_of(event) for event in events)
    return text.getvalue().encode(encoding)


def companion_of(name: str, content: bytes, rows: int, amount_fen: int) -> str:
    return f"{name}|{len(content)}|{rows}|{amount_fen}|{hashlib.sha256(content).hexdigest()}\n"


def lay(folder: Path, name: str, events: list[Told], **wrong: Any) -> None:
    """A file and its companion, which says `wrong` where told to."""
    encoding = "gb18030" if ".gb18030." in name else "utf-8"
    content = as_csv(events, encoding)
    (folder / name).write_bytes(content)
    amounts = [event["amount_fen"] for event in events if isinstance(event["amount_fen"], int)]
    said = {"rows": len(events), "amount_fen": sum(amounts)} | wrong
    (folder / f"{name}.ok").write_text(companion_of(name, content, **said))


async def add(client: aioredis.Redis, stream: str, bodies: list[bytes]) -> None:
    """One entry per body."""
    async with client.pipeline(transaction=False) as pipe:
        for body in bodies:
            pipe.xadd(stream, {"event": body})
        await pipe.execute()


async def stored(prefix: str = "") -> list[tuple[Any, ...]]:
    """The events of customers whose number begins with `prefix`, without it, and without when they came."""
    rows = await database.fetch(
        """SELECT e.event_id, e.type, c.customer_no, e.occurred_at, e.amount_fen, e.mcc, e.merchant_id, e.merchant_name,
                  e.channel, e.card_token, e.card_last4, e.card_product, e.auth_code, e.original_event_id, e.attributes,
                  e.source
           FROM event e JOIN customer c ON c.id = e.customer_id
           WHERE c.customer_no LIKE $1 || '%' ORDER BY e.event_id""",
        prefix,
    )
    return [tuple(one.removeprefix(prefix) if isinstance(one, str) else one for one in row) for row in rows]


async def outcomes(prefix: str, task: str) -> list[tuple[Any, ...]]:
    """State, round and progress of every claim of the five customers of a history, without `prefix`."""
    claims = [claim for number in range(5) for claim in await claims_of(f"{prefix}-C{number}", task)]
    return [
        (claim["state"], claim["round"], json.dumps(claim["progress"]).replace(f'"{prefix}-', '"-')) for claim in claims
    ]


async def parked() -> list[tuple[str, str, str]]:
    """Position, path and code of each parked message."""
    rows = await database.fetch("SELECT position, path, code FROM parked_message ORDER BY id")
    return [tuple(row) for row in rows]
