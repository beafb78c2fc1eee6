"""What the database refuses of issues to many, compensations and reminders."""

import re

import asyncpg
import pytest

from tests.models.conftest import Connection
from tests.models.rows import CUSTOMER, DONE_AT, NOW


def issue(state: str, checker: str = "2", due: str = "NULL", closed: str = "NULL", issued: int = 0) -> str:
    return f"""INSERT INTO coupon_issue (template, body, content_hash, branch, state, total, issued, skipped, maker_id,
                                         checker_id, idempotency_key, created_at, approved_at, due_at, closed_at, number,
                                         after_customer, worked_ms)
               VALUES ('!t', '{{}}', '', 'HQ', '{state}', 5, {issued}, '{{}}', 1, {checker}, '!k', '{NOW}',
                       CASE WHEN {checker} IS NOT NULL THEN timestamptz '{NOW}' END, {due}, {closed}, 0, 0, 0)"""


def compensation(state: str, checker: str = "2", decided: str = "NULL", what: str = "'experience', NULL, 5") -> str:
    return f"""INSERT INTO compensation (customer_id, kind, target, amount, cost_fen, reason, content_hash, state,
                                         maker_id, checker_id, idempotency_key, day, created_at, decided_at)
               SELECT c.id, {what}, 0, '', '', '{state}', 1, {checker}, '!k', '{NOW}', '{NOW}', {decided}
               FROM customer c WHERE c.customer_no = '!C'"""


def over(statement: str, budget_approver: str = "NULL") -> str:
    """The same above the limit."""
    named = re.sub(r"\((template|customer_id), ", r"(over_limit, budget_approver_id, \1, ", statement, count=1)
    return re.sub(r"(VALUES \(|SELECT )", rf"\1true, {budget_approver}, ", named, count=1)


def unapproved(statement: str) -> str:
    """The same without a time of approval."""
    return re.sub(r"CASE WHEN .* END", "NULL", statement)


WAITING = f"""INSERT INTO offer_reminder (template, customer_id, asked_at)
              SELECT '!t', c.id, '{NOW}' FROM customer c WHERE c.customer_no = '!C'"""


@pytest.mark.parametrize(
    ("before", "refused", "by"),
    [
        ([], issue("lost"), "coupon_issue_state"),
        ([], issue("running", checker="1", due=DONE_AT), "coupon_issue_maker_is_not_checker"),
        ([], issue("running", checker="NULL", due=DONE_AT), "coupon_issue_was_checked"),
        ([], issue("paused", checker="NULL"), "coupon_issue_was_checked"),
        ([], issue("submitted", checker="NULL", issued=1), "coupon_issue_unapproved_issued_nothing"),
        ([], over(issue("checked")), "coupon_issue_was_checked"),
        ([], over(issue("paused")), "coupon_issue_over_limit_was_approved"),
        ([], over(issue("paused"), "1"), "coupon_issue_budget_approver_is_a_third"),
        ([], over(issue("paused"), "2"), "coupon_issue_budget_approver_is_a_third"),
        ([], over(issue("cancelled", "NULL", closed=DONE_AT), "3"), "coupon_issue_budget_approver_is_a_third"),
        ([], unapproved(issue("checked")), "coupon_issue_checked_is_over_limit"),
        (
            [],
            issue("paused").replace("(template", "(cost_fen, template").replace("('!t'", "(-1, '!t'"),
            "coupon_issue_cost",
        ),
        ([], issue("paused", issued=6), "coupon_issue_within_total"),
        ([], issue("running"), "coupon_issue_running_is_due"),
        ([], issue("paused", due=DONE_AT), "coupon_issue_running_is_due"),
        ([], issue("done"), "coupon_issue_closed"),
        ([], issue("paused", closed=DONE_AT), "coupon_issue_closed"),
        ([CUSTOMER], compensation("lost", decided=DONE_AT), "compensation_state"),
        ([CUSTOMER], compensation("granted", "1", DONE_AT), "compensation_maker_is_not_checker"),
        ([CUSTOMER], compensation("granted", "NULL", DONE_AT), "compensation_was_checked"),
        ([CUSTOMER], compensation("granted"), "compensation_decided"),
        ([CUSTOMER], compensation("submitted", "NULL", what="'experience', '!x', 5"), "compensation_is_something"),
        ([CUSTOMER], compensation("submitted", "NULL", what="'coupon', '!x', 2"), "compensation_is_something"),
        ([CUSTOMER], compensation("submitted", "NULL", what="'money', NULL, 2"), "compensation_is_something"),
        ([CUSTOMER], over(compensation("checked", "NULL")), "compensation_was_checked"),
        ([CUSTOMER], compensation("checked"), "compensation_checked_is_over_limit"),
        ([CUSTOMER], over(compensation("checked", decided=DONE_AT)), "compensation_decided"),
        ([CUSTOMER], over(compensation("granted", decided=DONE_AT)), "compensation_over_limit_was_approved"),
        ([CUSTOMER], over(compensation("granted", decided=DONE_AT), "1"), "compensation_budget_approver_is_a_third"),
        ([CUSTOMER], over(compensation("granted", decided=DONE_AT), "2"), "compensation_budget_approver_is_a_third"),
        ([CUSTOMER, WAITING], WAITING, "one_offer_reminder"),
    ],
)
async def test_what_may_never_be_is_refused(connection: Connection, before: list[str], refused: str, by: str) -> None:
    for statement in before:
        assert await connection.execute(statement) == "INSERT 0 1"
    with pytest.raises((asyncpg.CheckViolationError, asyncpg.UniqueViolationError)) as refusal:
        await connection.execute(refused)
    assert refusal.value.as_dict()["constraint_name"] == by


@pytest.mark.parametrize(
    "allowed",
    [
        [issue("submitted", "NULL"), issue("rejected", closed=DONE_AT).replace("!k", "!l")],
        [issue("running", due=DONE_AT, issued=5)],
        [issue("cancelled", "NULL", closed=DONE_AT)],
        [CUSTOMER, compensation("granted", decided=DONE_AT)],
        [CUSTOMER, over(compensation("granted", decided=DONE_AT), "3")],
        [CUSTOMER, over(compensation("checked"))],
        [over(unapproved(issue("checked"))), over(issue("paused"), "3").replace("!k", "!l")],
        [CUSTOMER, WAITING, "UPDATE offer_reminder SET told_at = now() WHERE template = '!t'", WAITING],
    ],
)
async def test_what_may_be_is_not_refused(connection: Connection, allowed: list[str]) -> None:
    for statement in allowed:
        assert (await connection.execute(statement)).endswith(" 1")
