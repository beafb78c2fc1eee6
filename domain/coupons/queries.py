"""Coupons as their owner sees them; nobody else's coupon is ever there."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain.coupons.catalogue import catalogue
from domain.coupons.coupon import Coupon
from domain.coupons.states import CouponState
from kit import database
from kit.database import Connection, Record
from kit.errors import NotFound

_COLUMNS = """id, customer_id, version_id, state, valid_from, valid_until, issued_at, loan_id, occupied_until"""
_MOST_HELD = 500


class Step(msgspec.Struct, frozen=True):
    """A state the coupon reached, and when."""

    state: CouponState
    at: datetime


class CouponRecord(msgspec.Struct, frozen=True):
    """A coupon with everything that happened to it, oldest first."""

    coupon: Coupon
    history: list[Step]


async def wallet(customer_id: int, state: CouponState | None, after: int | None, limit: int) -> list[Coupon]:
    """Newest first, from below the id `after`."""
    rows = await database.fetch(
        f"""SELECT {_COLUMNS} FROM coupon
            WHERE customer_id = $1 AND ($2::text IS NULL OR state = $2) AND ($3::bigint IS NULL OR id < $3)
            ORDER BY id DESC LIMIT $4""",
        customer_id,
        state,
        after,
        limit,
    )
    return await _coupons(rows)


async def held(customer_id: int) -> list[Coupon]:
    """What could be used for a loan or is being used for one: unused and occupied, the first to expire first."""
    rows = await database.fetch(
        f"""SELECT {_COLUMNS} FROM coupon WHERE customer_id = $1 AND state IN ('unused', 'occupied')
            ORDER BY valid_until, id LIMIT $2""",
        customer_id,
        _MOST_HELD,
    )
    return await _coupons(rows)


async def read(customer_id: int, coupon_id: int) -> CouponRecord:
    """One coupon with its history. Raises `NotFound`, also for another customer's coupon."""
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM coupon WHERE id = $1 AND customer_id = $2", coupon_id, customer_id
    )
    if not rows:
        raise _not_found()
    moves = await database.fetch("SELECT after, moved_at FROM coupon_move WHERE coupon_id = $1 ORDER BY id", coupon_id)
    history = [Step(CouponState(row["after"]), row["moved_at"]) for row in moves]
    return CouponRecord((await _coupons(rows))[0], history)


async def coupons_by_source(connection: Connection, sources: Sequence[str]) -> dict[str, Coupon]:
    """Coupons by what caused them."""
    if not sources:
        return {}
    rows = await connection.fetch(f"SELECT source, {_COLUMNS} FROM coupon WHERE source = ANY($1::text[])", sources)
    return dict(zip([row["source"] for row in rows], await _coupons(rows), strict=True))


async def locked(connection: Connection, customer_id: int, coupon_id: int) -> Coupon:
    """One coupon, unchangeable by others until the transaction ends. Raises `NotFound`."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM coupon WHERE id = $1 AND customer_id = $2 FOR NO KEY UPDATE", coupon_id, customer_id
    )
    if not rows:
        raise _not_found()
    return (await _coupons(rows))[0]


async def of_customer(customer_id: int, coupon_ids: Sequence[int]) -> list[Coupon]:
    """Some of the customer's coupons, in the order asked for. Raises `NotFound` unless all of them are."""
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM coupon WHERE customer_id = $1 AND id = ANY($2::bigint[])", customer_id, coupon_ids
    )
    by_id = {coupon.id: coupon for coupon in await _coupons(rows)}
    if not by_id.keys() >= set(coupon_ids):
        raise _not_found()
    return [by_id[coupon_id] for coupon_id in coupon_ids]


async def occupied_by(connection: Connection, loan_id: int) -> list[int]:
    """The coupons that `loan_id` occupies, locked in order of id."""
    rows = await connection.fetch(
        "SELECT id FROM coupon WHERE loan_id = $1 AND state = 'occupied' ORDER BY id FOR NO KEY UPDATE", loan_id
    )
    return [row["id"] for row in rows]


async def used_by(connection: Connection, loan_id: int) -> list[Coupon]:
    """The coupons that `loan_id` used, locked in order of id."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM coupon WHERE loan_id = $1 AND state = 'used' ORDER BY id FOR NO KEY UPDATE", loan_id
    )
    return await _coupons(rows)


async def _coupons(rows: Sequence[Record]) -> list[Coupon]:
    templates = await catalogue.versions(row["version_id"] for row in rows)
    return [
        Coupon(
            id=row["id"],
            customer_id=row["customer_id"],
            template=templates[row["version_id"]],
            state=CouponState(row["state"]),
            valid_from=row["valid_from"],
            valid_until=row["valid_until"],
            issued_at=row["issued_at"],
            loan_id=row["loan_id"],
            occupied_until=row["occupied_until"],
        )
        for row in rows
    ]


def _not_found() -> NotFound:
    return NotFound("coupon.not_found", "没有这张券")


async def owners(connection: Connection, coupon_ids: Sequence[int]) -> list[tuple[int, str]]:
    """Whose these coupons are, and of which template: (customer, template)."""
    rows = await connection.fetch(
        "SELECT customer_id, template FROM coupon WHERE id = ANY($1::bigint[]) ORDER BY id", list(coupon_ids)
    )
    return [(row[0], row[1]) for row in rows]
