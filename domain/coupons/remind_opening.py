"""Those who asked for it are told that coupons of a template can be had."""

from datetime import datetime

from domain import approvals, customers, messages
from domain.coupons import rules
from domain.coupons.catalogue import catalogue, in_centre, is_for
from domain.coupons.template import Template
from domain.messages import Notice
from kit import clock, database
from kit.masking import mask_name

BATCH = 500


async def remind_opening() -> int:
    """Tell up to 500 customers, each once for what they asked; returns how many. Who could not have it any more is told
    nothing. Locks them, shares the live set.
    """
    now = clock.now()
    async with database.transaction() as connection:
        due = await connection.fetch(
            """SELECT id, customer_id FROM offer_reminder WHERE told_at IS NULL AND template = ANY($1::text[])
               ORDER BY id LIMIT $2""",
            list(_open(now)),
            BATCH,
        )
        if not due:
            return 0
        owners = sorted({row["customer_id"] for row in due})
        await customers.lock(connection, owners)
        await catalogue.follow(await approvals.share_live_set(connection))
        opened = _open(now)
        rows = await connection.fetch(
            """UPDATE offer_reminder SET told_at = $3
               WHERE id = ANY($1::bigint[]) AND told_at IS NULL AND template = ANY($2::text[])
               RETURNING id, customer_id, template""",
            [row["id"] for row in due],
            list(opened),
            now,
        )
        profiles = await customers.profiles(connection, owners)
        await messages.prepare(
            connection,
            [
                Notice(
                    row["customer_id"],
                    opened[row["template"]].definition.remind.opening or "",
                    f"coupon-opening:{row['id']}",
                    {
                        "customer": mask_name(profiles[row["customer_id"]].name),
                        "coupon": opened[row["template"]].definition.name,
                    },
                    "/coupon-offers",
                )
                for row in rows
                if in_centre(row["template"], row["customer_id"])
                and is_for(opened[row["template"]], row["customer_id"])
            ],
        )
    return len(rows)


def _open(now: datetime) -> dict[str, Template]:
    """Templates of the coupon centre that can be had and have a message for it, by code."""
    return {
        code: template
        for code, template in catalogue.live.items()
        if template.definition.issue.centre
        and template.definition.remind.opening
        and rules.may_be_issued(template.definition, now)
    }
