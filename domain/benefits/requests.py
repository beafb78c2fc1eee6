"""What a supplier is to issue: one request for a grant, under one number for ever."""

from collections.abc import Sequence
from datetime import datetime

from domain.benefits.catalogue import Benefit
from kit import ids
from kit.database import Connection


async def open_requests(connection: Connection, wanted: Sequence[tuple[int, Benefit]], now: datetime) -> None:
    """Write down what the worker is to ask the supplier of each benefit for: (grant, benefit)."""
    if wanted:
        await connection.execute(
            """INSERT INTO supplier_request (grant_id, supplier, product, request_no, state, attempts, next_at,
                                             cost_fen, created_at)
               SELECT grant_id, supplier, product, request_no, 'waiting', 0, $6, cost_fen, $6
               FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[])
                 AS t (grant_id, supplier, product, request_no, cost_fen)""",
            [grant_id for grant_id, _ in wanted],
            [benefit.definition.supplier for _, benefit in wanted],
            [benefit.definition.product or benefit.code for _, benefit in wanted],
            [ids.request_no("B") for _ in wanted],
            [benefit.definition.cost_fen for _, benefit in wanted],
            now,
        )
