"""Customers are reminded of coupons whose validity is about to end."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from domain import customers, messages
from domain.coupons.catalogue import catalogue
from domain.coupons.reminder_texts import names_text
from domain.messages import Notice
from kit import clock, database
from kit.database import Connection, Record
from kit.masking import mask_name

BATCH = 500
_DAY = timedelta(days=1)


async def remind_expiring() -> int:
    """Remind the owners of up to 500 coupons whose moment has come; returns how many coupons were looked at.

    Once per coupon, and one message for all of a customer's coupons whose moment lies on the same business day. What
    comes up after that day's message waits for the next day; where it has expired by then nothing is said of it.
    Locks the customers.
    """
    now = clock.now()
    async with database.transaction() as connection:
        due = await connection.fetch(
            """SELECT customer_id FROM coupon WHERE state = 'unused' AND remind_at <= $1
               ORDER BY remind_at LIMIT $2""",
            now,
            BATCH,
        )
        if not due:
            return 0
        owners = {row["customer_id"] for row in due}
        await customers.lock(connection, owners)
        told = await _told(connection, owners, now)
        put_off = await _put_off(connection, told, now)
        rows = await _take(connection, owners - told, now)
        await _tell(connection, [row for row in rows if row["valid_until"] > now], now)
    return put_off + len(rows)


async def _told(connection: Connection, owners: Iterable[int], now: datetime) -> set[int]:
    rows = await connection.fetch(
        "SELECT customer_id FROM expiry_reminder WHERE customer_id = ANY($1::bigint[]) AND day = $2",
        list(owners),
        clock.business_day(now),
    )
    return {row["customer_id"] for row in rows}


async def _put_off(connection: Connection, owners: Iterable[int], now: datetime) -> int:
    """To the same time tomorrow, if they are still valid then."""
    rows = await connection.fetch(
        """UPDATE coupon SET remind_at = CASE WHEN valid_until > $2 THEN $2 END
           WHERE customer_id = ANY($1::bigint[]) AND state = 'unused' AND remind_at <= $3 RETURNING id""",
        list(owners),
        now + _DAY,
        now,
    )
    return len(rows)


async def _take(connection: Connection, owners: Iterable[int], now: datetime) -> list[Record]:
    """Everything of these customers that comes up before the day is over; it will not come up again."""
    rows: list[Record] = await connection.fetch(
        """UPDATE coupon SET remind_at = NULL
           WHERE customer_id = ANY($1::bigint[]) AND state = 'unused' AND remind_at < $2
           RETURNING id, customer_id, version_id, valid_until""",
        list(owners),
        clock.start_of_day(clock.business_day(now) + _DAY),
    )
    return rows


async def _tell(connection: Connection, rows: Iterable[Record], now: datetime) -> None:
    by_owner: dict[int, list[Record]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row["valid_until"], row["id"])):
        by_owner[row["customer_id"]].append(row)
    if not by_owner:
        return
    templates = await catalogue.versions(row["version_id"] for of_one in by_owner.values() for row in of_one)
    profiles = await customers.profiles(connection, list(by_owner))
    day, notices = clock.business_day(now), []
    for owner, of_one in by_owner.items():
        definitions = [templates[row["version_id"]].definition for row in of_one]
        expiring = definitions[0].remind.expiring
        if expiring is None:
            continue
        says = {
            "customer": mask_name(profiles[owner].name),
            "coupon": names_text([definition.name for definition in definitions]),
            "number": len(of_one),
            "expires_on": of_one[0]["valid_until"],
        }
        notices.append(Notice(owner, expiring.template, f"coupon-expiring:{day}", says, "/coupons"))
    await connection.execute(
        """INSERT INTO expiry_reminder (customer_id, day, coupons)
           SELECT customer_id, $3, coupons FROM unnest($1::bigint[], $2::int[]) AS t (customer_id, coupons)""",
        list(by_owner),
        [len(of_one) for of_one in by_owner.values()],
        day,
    )
    await messages.prepare(connection, notices)
