"""Compares what stands in the database with what every customer was told; the program's own code has no say in it."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import asyncpg

from tests.faults.claimants import Wish

_COUPONS = """SELECT id, template, customer_id, source, (issued_at AT TIME ZONE 'Asia/Shanghai')::date AS day
              FROM coupon"""


@dataclass(frozen=True)
class Ceilings:
    """What there may be of a template at most."""

    template: str
    stock: int
    daily_cap: int | None
    per_person: int


@dataclass
class Verdict:
    """How many coupons there are, and how many of each thing that must not be; `wrong` says which."""

    coupons: dict[str, int]
    oversold: int = 0
    duplicates: int = 0
    lost: int = 0
    unknown: int = 0
    untrue: int = 0
    wrong: list[str] = field(default_factory=list)


async def judge(connection: asyncpg.Connection, ceilings: list[Ceilings], wishes: list[Wish]) -> Verdict:
    """The verdict at rest."""
    rows = await connection.fetch(_COUPONS)
    verdict = Verdict(dict(Counter(row["template"] for row in rows)))
    found = {
        "oversold": [text for one in ceilings for text in _oversold(one, rows)],
        "untrue": [text for one in ceilings for text in _untrue(one, rows, wishes)],
        "duplicates": list(_duplicates(rows, wishes)),
        "lost": list(_lost(rows, wishes)),
        "unknown": list(_unknown(rows, wishes)),
    }
    for what, texts in found.items():
        setattr(verdict, what, len(texts))
        verdict.wrong += [f"{what}: {text}" for text in texts]
    return verdict


def _oversold(ceilings: Ceilings, rows: list[asyncpg.Record]) -> Iterator[str]:
    mine = [row for row in rows if row["template"] == ceilings.template]
    yield from (f"{row['id']} is above the stock" for row in mine[ceilings.stock :])
    for day, number in Counter(row["day"] for row in mine).items():
        if ceilings.daily_cap is not None and number > ceilings.daily_cap:
            yield f"{number} of {ceilings.template} on {day}"
    for customer, number in Counter(row["customer_id"] for row in mine).items():
        if number > ceilings.per_person:
            yield f"{customer} has {number} of {ceilings.template}"


def _untrue(ceilings: Ceilings, rows: list[asyncpg.Record], wishes: list[Wish]) -> Iterator[str]:
    """Refusals for a reason that does not hold: a ceiling somebody ran into was reached."""
    mine = [row for row in rows if row["template"] == ceilings.template]
    held, days = Counter(row["customer_id"] for row in mine), Counter(row["day"] for row in mine)
    told = [(wish, code) for wish in wishes if wish.template == ceilings.template for code in wish.refusals]
    for wish, code in told:
        if code == "coupon.personal_cap" and held[wish.customer_id] != ceilings.per_person:
            yield f"{wish} was refused, and its customer has {held[wish.customer_id]}"
    codes = {code for _, code in told}
    if "coupon.out_of_stock" in codes and len(mine) != ceilings.stock:
        yield f"{len(mine)} of {ceilings.stock} {ceilings.template} are out, and somebody was told all are"
    if "coupon.daily_cap" in codes and ceilings.daily_cap not in days.values():
        yield f"no day of {ceilings.template} was full: {days}"


def _source(wish: Wish) -> str:
    digest = hashlib.sha256(f"{wish.template}\0{wish.key}".encode()).hexdigest()
    return f"centre:{wish.customer_id}:{digest[:32]}"


def _duplicates(rows: list[asyncpg.Record], wishes: list[Wish]) -> Iterator[str]:
    asked = {_source(wish) for wish in wishes}
    yield from (f"nobody asked for {row['id']}" for row in rows if row["source"] not in asked)
    yield from (f"{source} is there {number} times" for source, number in _repeated(rows))
    yield from (f"{wish} was made more than once" for wish in wishes if wish.made > 1 or len(wish.coupon_ids) > 1)


def _repeated(rows: list[asyncpg.Record]) -> list[tuple[str, int]]:
    return [(source, number) for source, number in Counter(row["source"] for row in rows).items() if number > 1]


def _lost(rows: list[asyncpg.Record], wishes: list[Wish]) -> Iterator[str]:
    there = {row["id"]: (row["source"], row["customer_id"], row["template"]) for row in rows}
    for wish in wishes:
        for coupon_id in wish.coupon_ids:
            if there.get(coupon_id) != (_source(wish), wish.customer_id, wish.template):
                yield f"{wish} was told of {coupon_id}, and there is {there.get(coupon_id)}"


def _unknown(rows: list[asyncpg.Record], wishes: list[Wish]) -> Iterator[str]:
    """A wish without an answer, or a coupon its customer was never told of."""
    there = {row["source"] for row in rows}
    for wish in wishes:
        if not wish.answered:
            yield f"{wish} was never answered"
        elif not wish.coupon_ids and _source(wish) in there:
            yield f"{wish} was refused, and there is a coupon"
