"""What the tables themselves refuse, and what they let pass."""

import asyncpg
import pytest

from tests.models.rows import (
    AGAIN,
    CUSTOMER,
    DONE,
    DONE_AT,
    GRANT,
    LATER,
    LIVE,
    LOAN,
    NOW,
    STOCK,
    US,
    account,
    benefit,
    budget_day,
    budget_entry,
    claim,
    configuration,
    coupon,
    debt,
    discrepancy,
    entry,
    event,
    level_gift,
    level_move,
    loan,
    low_warning,
    message,
    of_loan,
    offer,
    pot,
)

Connection = asyncpg.Connection


@pytest.mark.parametrize(
    ("before", "refused", "by"),
    [
        ([], configuration("live", "1"), "maker_is_not_checker"),
        ([], configuration("live", "NULL"), "live_was_checked"),
        ([], configuration("paused", "NULL"), "live_was_checked"),
        ([], configuration("gone", "2"), "configuration_state"),
        ([LIVE], configuration("live", "2", 2), "one_live_version"),
        ([LIVE], configuration("paused", "2", 2), "one_live_version"),
        ([configuration("draft", "NULL")], configuration("submitted", "NULL", 2), "one_version_in_the_making"),
        ([], STOCK.format(11), "issued_within_stock"),
        ([], STOCK.format(-1), "issued_within_stock"),
        ([], "INSERT INTO task_places (task, taken) VALUES ('!t', -1)", "places_not_negative"),
        (US, claim("completed", 1, "NULL"), "completed_has_a_round"),
        (US, claim("rewarded", 0, DONE_AT), "completed_has_a_round"),
        (US, claim("done", 1, DONE_AT), "claim_state"),
        (US, coupon("occupied", loan=LOAN), "occupied_has_loan_and_deadline"),
        (US, coupon("occupied", until=DONE_AT), "occupied_has_loan_and_deadline"),
        (US, coupon("used"), "used_has_loan"),
        (US, coupon("lost"), "coupon_state"),
        (US, loan("gone", DONE_AT), "loan_state"),
        (US, loan("processing", DONE_AT), "loan_decided_at"),
        ([*US, coupon("used", loan=LOAN), loan("disbursed", DONE_AT)], of_loan(-1), "loan_reduction_not_negative"),
        ([*US, coupon("used", loan=LOAN), loan("disbursed", DONE_AT), entry()], entry("b"), "one_standing_entry"),
        ([*US, loan("processing")], discrepancy("lost", "open"), "discrepancy_kind"),
        ([*US, loan("processing")], discrepancy("told_otherwise", "gone"), "discrepancy_state"),
        ([*US, loan("processing")], discrepancy("told_otherwise", "closed"), "discrepancy_closed_with_reason"),
        (US, event(-1), "amount_not_negative"),
        ([*US, claim("claimed", 0, "NULL"), GRANT], debt("settled", 5), "debt_settled_is_paid"),
        ([*US, claim("claimed", 0, "NULL"), GRANT], debt("open", 10), "debt_settled_is_paid"),
        ([*US, claim("claimed", 0, "NULL"), GRANT], debt("open", 11), "debt_settled_within_amount"),
        ([*US, claim("claimed", 0, "NULL"), GRANT], debt("open", 5, "forgive"), "debt_policy"),
        (US, message("advert"), "message_category"),
        (US, benefit("redeemed"), "benefit_redeemed_at"),
        (US, benefit("lost"), "benefit_grant_state"),
        ([], "INSERT INTO benefit_stock (benefit, stock, issued) VALUES ('!b', 5, 6)", "benefit_issued_within_stock"),
        ([], pot(60, 41), "pot_within_ceiling"),
        ([], pot(-1, 10), "pot_within_ceiling"),
        ([], budget_day("50", 51), "day_within_ceiling"),
        ([], budget_day("NULL", -1), "day_within_ceiling"),
        ([], f"INSERT INTO budget (campaign, warn_at, since) VALUES ('!c', 0, '{NOW}')", "budget_warn_at"),
        ([CUSTOMER], budget_entry("undo"), "budget_entry_kind"),
        ([CUSTOMER], budget_entry("reserve", 0), "budget_entry_amount"),
        ([], low_warning("weather"), "low_warning_subject"),
        ([low_warning()], low_warning(), "one_open_warning"),
        ([], f"INSERT INTO invariant_check VALUES ('!i', -1, '[]', 0, '{NOW}')", "violations_not_negative"),
        ([CUSTOMER], "UPDATE customer SET billing_day = 32 WHERE customer_no = '!C'", "billing_day_of_a_month"),
        ([CUSTOMER], account(DONE_AT, "NULL", "NULL"), "account_period"),
        ([CUSTOMER], account(DONE_AT, LATER, "NULL"), "account_period"),
        ([CUSTOMER], account("NULL", "NULL", "1"), "account_period"),
        ([CUSTOMER], account(LATER, DONE_AT, "1"), "account_period"),
        ([CUSTOMER], level_move("whim"), "level_move_reason"),
        ([CUSTOMER], level_gift("lost"), "level_gift_state"),
        (DONE, offer("lost", closed=DONE_AT), "offer_state"),
        (DONE, offer("open", closed=DONE_AT), "closed_has_a_moment"),
        (DONE, offer("claimed"), "closed_has_a_moment"),
        ([*DONE, AGAIN, offer("open")], offer("open", turn=2), "one_open_offer"),
        ([*DONE, offer("withdrawn", closed=DONE_AT)], offer("open"), "uid_task_offer_from_cl_2feae3"),
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
        [LIVE, configuration("superseded", "2", 2), configuration("draft", "NULL", 3)],
        [LIVE, configuration("live", "2", code="!b")],
        [configuration("ended", "NULL")],
        [STOCK.format(10)],
        [*US, coupon("used", loan=LOAN), coupon("occupied", "!b", LOAN, DONE_AT)],
        [*US, coupon("used", loan=LOAN), loan("disbursed", DONE_AT), entry("a", DONE_AT), entry("b")],
        [*US, claim("completed", 1, DONE_AT), event(0)],
        [CUSTOMER, account(DONE_AT, LATER, "22"), level_move("table"), level_gift("granted")],
        [*DONE, AGAIN, offer("claimed", closed=DONE_AT), offer("open", turn=2)],
        [pot(60, 40), budget_day("NULL", 10**12)],
        [CUSTOMER, budget_entry("reserve"), budget_entry("commit"), budget_entry("release")],
        [low_warning(until=DONE_AT), low_warning(), low_warning(day="'2026-11-25'")],
    ],
)
async def test_what_may_be_is_not_refused(connection: Connection, allowed: list[str]) -> None:
    for statement in allowed:
        assert await connection.execute(statement) == "INSERT 0 1"
