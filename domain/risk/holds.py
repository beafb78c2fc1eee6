"""Actions that wait, as rows. Whoever changes one holds its customer's lock."""

from collections.abc import Collection

import msgspec

from domain.risk.states import Hold, HoldKind, HoldState
from kit import clock
from kit.database import Connection, Record

COLUMNS = ", ".join(Hold.__struct_fields__)
Key = tuple[int, str, HoldKind]


def hold_of(row: Record) -> Hold:
    """The hold in a row that has `COLUMNS`."""
    return msgspec.convert(dict(row), Hold)


async def held(connection: Connection, customer_ids: Collection[int], actions: Collection[str]) -> dict[Key, Hold]:
    """What these actions of these customers wait for or were told, by customer, action and kind; none that is over."""
    rows = await connection.fetch(
        f"""SELECT DISTINCT ON (customer_id, action, kind) {COLUMNS} FROM risk_hold
            WHERE customer_id = ANY($1::bigint[]) AND action = ANY($2::text[]) AND state <> 'spent'
              AND (until IS NULL OR until > $3)
            ORDER BY customer_id, action, kind, id DESC""",
        list(customer_ids),
        list(actions),
        clock.now(),
    )
    return {(hold.customer_id, hold.action, hold.kind): hold for hold in map(hold_of, rows)}


async def make(connection: Connection, holds: Collection[Hold]) -> None:
    """Write new holds down; what waited for the same and is over makes room."""
    columns = [list(column) for column in zip(*((h.customer_id, h.action, str(h.kind)) for h in holds), strict=True)]
    await connection.execute(
        """UPDATE risk_hold h SET state = 'spent'
           FROM unnest($1::bigint[], $2::text[], $3::text[]) AS t (customer_id, action, kind)
           WHERE h.customer_id = t.customer_id AND h.action = t.action AND h.kind = t.kind AND h.state = 'waiting'""",
        *columns,
    )
    await connection.execute(
        """INSERT INTO risk_hold (customer_id, action, kind, state, version, rule, until, token, opens_at, hours,
                                  created_at, tries)
           SELECT t.*, $11, 0 FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::int[], $6::text[],
                                          $7::timestamptz[], $8::text[], $9::timestamptz[], $10::smallint[]) AS t""",
        *columns,
        [str(hold.state) for hold in holds],
        [hold.version for hold in holds],
        [hold.rule for hold in holds],
        [hold.until for hold in holds],
        [hold.token for hold in holds],
        [hold.opens_at for hold in holds],
        [hold.hours for hold in holds],
        clock.now(),
    )


async def spend(connection: Connection, hold_ids: Collection[int]) -> None:
    """What waited long enough went through."""
    await connection.execute(
        "UPDATE risk_hold SET state = $2 WHERE id = ANY($1::bigint[])", list(hold_ids), str(HoldState.SPENT)
    )
