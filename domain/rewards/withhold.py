"""Later rewards pay debts: a reward whose cost does not exceed what its customer still owes is kept back whole."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import msgspec

from domain.rewards import rules
from kit import clock
from kit.database import Connection, Record


async def withhold(connection: Connection, due: Sequence[Record], costs: Mapping[int, int]) -> dict[int, int]:
    """Which of `due` are kept back, and their cost in fen; `costs` is the cost of each that has one, by grant.

    First come first served, the oldest debts first. The caller holds the customers' locks.
    """
    payers = sorted({row["customer_id"] for row in due if costs.get(row["id"])})
    if not payers:
        return {}
    owed: dict[int, list[rules.Owed]] = defaultdict(list)
    for row in await connection.fetch(
        """SELECT id, customer_id, amount - settled AS rest FROM debt
           WHERE customer_id = ANY($1::bigint[]) AND state = 'open' AND policy = 'deduct' ORDER BY id FOR UPDATE""",
        payers,
    ):
        owed[row["customer_id"]].append(rules.Owed(row["id"], row["rest"]))
    if not owed:
        return {}
    payments: list[rules.Payment] = []
    for row in due:
        payments += rules.pay(row["id"], costs.get(row["id"], 0), owed[row["customer_id"]])
    await _book(connection, payments)
    return {payment.grant_id: costs[payment.grant_id] for payment in payments}


async def _book(connection: Connection, payments: Sequence[rules.Payment]) -> None:
    if not payments:
        return
    columns = zip(*map(msgspec.structs.astuple, payments), strict=True)
    await connection.execute(
        """INSERT INTO debt_payment (debt_id, grant_id, amount, paid_at)
           SELECT t.*, $4 FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS t""",
        *map(list, columns),
        clock.now(),
    )
    await _sum_up(connection, {payment.debt_id for payment in payments})


async def undo(connection: Connection, grant_ids: Collection[int]) -> None:
    """The completion of these withheld grants was lost: what they paid is owed again, unless it was written off."""
    rows = await connection.fetch(
        """UPDATE debt_payment SET undone_at = $2 WHERE grant_id = ANY($1::bigint[]) AND undone_at IS NULL
           RETURNING debt_id""",
        list(grant_ids),
        clock.now(),
    )
    await _sum_up(connection, {row["debt_id"] for row in rows})


async def _sum_up(connection: Connection, debt_ids: Collection[int]) -> None:
    """A debt is what its payments say."""
    await connection.execute(
        """UPDATE debt d SET settled = p.paid,
             state = CASE WHEN d.state = 'written_off' THEN d.state
                          WHEN p.paid = d.amount THEN 'settled' ELSE 'open' END,
             closed_at = CASE WHEN d.state = 'written_off' THEN d.closed_at
                              WHEN p.paid = d.amount THEN $2::timestamptz END
           FROM (SELECT t.id, coalesce(sum(amount) FILTER (WHERE undone_at IS NULL), 0)::bigint AS paid
                 FROM unnest($1::bigint[]) AS t (id) LEFT JOIN debt_payment ON debt_id = t.id GROUP BY t.id) p
           WHERE d.id = p.id""",
        sorted(debt_ids),
        clock.now(),
    )
