"""Profiles of many customers, from a file of the bank."""

from collections.abc import Sequence

import msgspec

from domain.customers.profile import lock, pseudonym_of
from kit import clock
from kit.database import Connection


class ProfileTold(msgspec.Struct, frozen=True):
    """What a file says of a customer; None where it says nothing."""

    customer_no: str
    name: str | None = None
    stage: str | None = None
    card_product: str | None = None
    branch: str | None = None
    billing_day: int | None = None


class Taken(msgspec.Struct, frozen=True):
    """`changed` counts new customers too; `foreign` are the numbers of those who belong to other branches, `erased` of
    those whose account was erased.
    """

    changed: int
    foreign: frozenset[str]
    erased: frozenset[str]


async def take_profiles(connection: Connection, told: Sequence[ProfileTold], within: Sequence[str] | None) -> Taken:
    """Create or change each of these customers, no two of the same number, in the caller's transaction; idempotent.

    Only customers of the branches `within` (None: all) are touched, and nobody who was erased: they come back by
    themselves or not at all. Locks the known ones, by id.
    """
    columns = [[getattr(one, name) for one in told] for name in ProfileTold.__struct_fields__]
    numbers = columns[0]
    known = await connection.fetch("SELECT id FROM customer WHERE customer_no = ANY($1::text[])", numbers)
    await lock(connection, [row["id"] for row in known])
    rows = await connection.fetch(
        "SELECT customer_no, branch FROM customer WHERE customer_no = ANY($1::text[])", numbers
    )
    foreign = frozenset(row["customer_no"] for row in rows if within is not None and row["branch"] not in within)
    erased = await _erased(connection, numbers)
    changed = await connection.fetchval(_TAKE, *columns, clock.now(), sorted(foreign | erased))
    return Taken(changed, foreign, erased)


async def _erased(connection: Connection, numbers: Sequence[str]) -> frozenset[str]:
    known_as = {pseudonym_of(number): number for number in numbers}
    rows = await connection.fetch(
        "SELECT customer_no FROM customer WHERE customer_no = ANY($1::text[]) AND erased_at IS NOT NULL", list(known_as)
    )
    return frozenset(known_as[row["customer_no"]] for row in rows)


_TAKE = """
WITH told AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::smallint[])
    AS t (customer_no, name, stage, card_product, branch, billing_day) WHERE customer_no <> ALL($8::text[])),
changed AS (
  UPDATE customer c SET name = coalesce(t.name, c.name), stage = coalesce(t.stage, c.stage),
    card_product = coalesce(t.card_product, c.card_product), branch = coalesce(t.branch, c.branch),
    billing_day = coalesce(t.billing_day, c.billing_day)
  FROM told t WHERE c.customer_no = t.customer_no
    AND (c.name, c.stage, c.card_product, c.branch, c.billing_day) IS DISTINCT FROM
        (coalesce(t.name, c.name), coalesce(t.stage, c.stage), coalesce(t.card_product, c.card_product),
         coalesce(t.branch, c.branch), coalesce(t.billing_day, c.billing_day))
  RETURNING 1),
created AS (
  INSERT INTO customer (customer_no, name, stage, card_product, branch, billing_day, created_at)
  SELECT customer_no, coalesce(name, ''), coalesce(stage, 'base'), card_product, branch, billing_day, $7 FROM told t
  WHERE NOT EXISTS (SELECT FROM customer c WHERE c.customer_no = t.customer_no)
  ORDER BY customer_no ON CONFLICT (customer_no) DO NOTHING RETURNING 1)
SELECT (SELECT count(*) FROM changed) + (SELECT count(*) FROM created)"""
