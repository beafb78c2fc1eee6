"""The values of a set of customers become what they should be."""

from domain import customers
from domain.tags.catalogue import Tag
from domain.tags.wanted import Set, wanted
from kit.database import Connection, Record


async def apply(connection: Connection, tag: Tag, those: Set) -> int:
    """Write what differs, and nothing else; returns how many of the set have the tag then. Locks the customers whose
    value changes, by id: what is read before the lock is only ever changed by who holds the tag's row, or erased.
    """
    differing = await _differing(connection, tag, those)
    if differing:
        await customers.lock(connection, [row["customer_id"] for row in differing])
        await _write(connection, tag.code, those, [row for row in differing if not row["gone"]])
        await connection.execute(
            "DELETE FROM tag_value WHERE tag = $1 AND customer_id = ANY($2::bigint[])",
            tag.code,
            [row["customer_id"] for row in differing if row["gone"]],
        )
    return int(
        await connection.fetchval(
            "SELECT count(*) FROM tag_value WHERE tag = $1 AND customer_id > $2 AND customer_id <= $3",
            tag.code,
            those.after,
            those.upto,
        )
    )


async def _differing(connection: Connection, tag: Tag, those: Set) -> list[Record]:
    """What the customers' values should be where they are not, or that they are `gone`."""
    query, values = wanted(tag, those)
    # A plan for any set knows nothing of this one's size.
    await connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    if tag.definition.source.transactions is not None:
        # Where the planner expects a handful of customers it would go through all their events for each of them.
        await connection.execute("SET LOCAL enable_nestloop = off")
    differing = await connection.fetch(
        f"""SELECT coalesce(w.customer_id, v.customer_id) AS customer_id, w.customer_id IS NULL AS gone,
                   w.flag, w.number, w.text
            FROM ({query}) w FULL JOIN (
              SELECT * FROM tag_value WHERE tag = $1 AND customer_id > $2 AND customer_id <= $3) v
              ON v.customer_id = w.customer_id
            WHERE (w.flag, w.number, w.text) IS DISTINCT FROM (v.flag, v.number, v.text)""",
        *values,
    )
    await connection.execute("SET LOCAL enable_nestloop = on")
    return list(differing)


async def _write(connection: Connection, tag: str, those: Set, rows: list[Record]) -> None:
    """Nothing is kept of who was erased meanwhile."""
    await connection.execute(
        """INSERT INTO tag_value (tag, customer_id, flag, number, text, as_of)
           SELECT $1, t.customer_id, t.flag, t.number, t.text, $6
           FROM unnest($2::bigint[], $3::boolean[], $4::bigint[], $5::text[]) AS t (customer_id, flag, number, text)
           JOIN customer c ON c.id = t.customer_id AND c.erased_at IS NULL
           ON CONFLICT (tag, customer_id) DO UPDATE
             SET flag = excluded.flag, number = excluded.number, text = excluded.text, as_of = excluded.as_of""",
        tag,
        *([row[name] for row in rows] for name in ("customer_id", "flag", "number", "text")),
        those.as_of,
    )
