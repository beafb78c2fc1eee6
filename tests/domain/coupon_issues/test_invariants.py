"""The invariants of issues notice what they are for."""

import pytest

from domain import coupon_issues
from domain.reconciliation import reconcile
from kit import database
from tests.domain.coupon_issues.stage import running, worked
from tests.domain.coupons.stage import MAKER, new_customers, publish_template

pytestmark = pytest.mark.usefixtures("database")
COUNTED = "coupon_issue.issued_is_counted"
CURSOR = "coupon_issue.everybody_before_the_cursor_is_decided"
MEMBERS = "coupon_issue.only_to_members"
KEPT = "coupon_issue.total_is_what_was_kept"


@pytest.mark.parametrize(
    ("harm", "noticed"),
    [
        ("UPDATE coupon_issue SET issued = issued - 1", {COUNTED, CURSOR}),
        ("UPDATE coupon_issue SET number = 0", {CURSOR}),
        ("UPDATE coupon_issue SET total = total + 1, state = 'paused', closed_at = NULL", {KEPT}),
        ("UPDATE coupon_issue_set SET customer_ids = customer_ids[2:]", {CURSOR, MEMBERS, KEPT}),
        ("UPDATE coupon_issue SET closed_at = approved_at, state = 'cancelled'", {COUNTED}),
        (
            """UPDATE coupon SET source = regexp_replace(source, '[0-9]+$', '7')
            WHERE id = (SELECT max(id) FROM coupon)""",
            {MEMBERS},
        ),
    ],
)
async def test_what_is_wrong_is_noticed(harm: str, noticed: set[str]) -> None:
    await publish_template("free7")
    await new_customers(3)
    await worked((await running()).id)
    assert await reconcile() == []
    await database.execute(harm)
    assert {one.invariant for one in await reconcile()} == noticed


async def test_a_cancelled_issue_that_went_on_is_noticed() -> None:
    await publish_template("free7")
    await new_customers(3)
    issue = await running()
    await coupon_issues.cancel(MAKER, issue.id)
    await database.execute("UPDATE coupon_issue SET state = 'running', due_at = now(), closed_at = NULL")
    await worked(issue.id)
    await database.execute(
        "UPDATE coupon_issue SET state = 'cancelled', closed_at = (SELECT min(issued_at) FROM coupon) - interval '1 s'"
    )
    assert COUNTED in {one.invariant for one in await reconcile()}
