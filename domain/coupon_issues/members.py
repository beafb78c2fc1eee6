"""Who belongs to an audience or a file: counted, and kept in sets."""

from typing import Any

from msgspec import UNSET

from domain import audiences, operators
from domain.coupon_issues.definition import Audience, Content
from kit.database import Connection

SET = 10_000
_WHO = """FROM customer c WHERE c.customer_no IS NOT NULL
  AND ($1::text[] = '{}' OR c.stage = ANY($1::text[]))
  AND ($2::text[] = '{}' OR c.branch = ANY($2::text[]))
  AND ($3::text[] = '{}' OR c.card_product = ANY($3::text[]))
  AND ($4::int = 0 OR EXISTS (SELECT FROM experience_account a WHERE a.customer_id = c.id AND a.rank >= $4))
  AND ($5::bigint IS NULL OR c.id IN (SELECT unnest(s.customer_ids) FROM audience_file_set s WHERE s.file_id = $5))
  AND ($6::text[] IS NULL OR c.branch = ANY($6))
  AND ($7::bigint[] IS NULL OR c.id IN (SELECT unnest($7::bigint[])))"""


async def count(connection: Connection, content: Content, branch: str) -> int:
    """How many belong now; of customers of `branch` and those below it only, unless it is head office."""
    return int(await connection.fetchval(f"SELECT count(*) {_WHO}", *await _values(connection, content, branch)))


async def keep(connection: Connection, issue_id: int, content: Content, branch: str) -> int:
    """Keep who belongs now, in sets by id; returns how many. What becomes of them later changes nothing."""
    return int(
        await connection.fetchval(
            f"""WITH member AS (SELECT c.id, (row_number() OVER (ORDER BY c.id) - 1) / $8 AS number {_WHO}),
                 kept AS (
                   INSERT INTO coupon_issue_set (issue_id, number, customer_ids)
                   SELECT $9, number, array_agg(id ORDER BY id) FROM member GROUP BY number
                   RETURNING cardinality(customer_ids) AS customers)
                SELECT coalesce(sum(customers), 0) FROM kept""",
            *await _values(connection, content, branch),
            SET,
            issue_id,
        )
    )


async def members_of(connection: Connection, issue_id: int, number: int, after_customer: int) -> list[int] | None:
    """Those of a set who come after a customer, by id; None if there is no such set."""
    found: list[int] | None = await connection.fetchval(
        "SELECT customer_ids FROM coupon_issue_set WHERE issue_id = $1 AND number = $2", issue_id, number
    )
    return None if found is None else [customer_id for customer_id in found if customer_id > after_customer]


async def _values(connection: Connection, content: Content, branch: str) -> list[Any]:
    asked = content.audience or Audience()
    return [
        list(asked.stages),
        asked.branches,
        asked.card_products,
        asked.min_level,
        content.file.id if content.file else None,
        await operators.customers_of(connection, branch),
        None if asked.code is UNSET else list(await audiences.members(connection, asked.code)),
    ]
