"""Operators list what does not fit between the core's loans and our coupons, and close it with a reason."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.admin_api.conftest import SignIn
from tests.domain.loans.stage import apply, borrower_with
from tests.domain.loans.twin import Twin, card_core_twin


@pytest.fixture
async def twin(tmp_path: Path) -> AsyncIterator[Twin]:
    async with card_core_twin(tmp_path) as working:
        yield working


async def test_a_discrepancy_is_listed_and_closed(signed_in: SignIn, twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    await twin.decide_next("decline")
    loan = await apply(customer, coupon_id)
    await apply(customer, coupon_id, key="k2")
    await twin.change(loan, "disburse")
    await twin.tell(loan)
    checker, maker, branch = await signed_in("checker"), await signed_in("maker"), await signed_in("branch-maker")
    [one] = (await checker.get("/loan-discrepancies", params={"state": "open"})).json()["items"]
    assert (one["kind"], one["coupon_id"], one["amount_fen"], one["request_no"]) == (
        "disbursed_after_release",
        str(coupon_id),
        18_000,
        loan.request_no,
    )
    close = f"/loan-discrepancies/{one['discrepancy_id']}/close"
    assert (await branch.get("/loan-discrepancies")).json()["items"] == []
    assert (await maker.post(close, json={"reason": "x"})).status_code == 403
    assert (await checker.post(close, json={"reason": ""})).status_code == 400
    closed = await checker.post(close, json={"reason": "已与银行核对，由活动承担"})
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")
    assert (await checker.post(close, json={"reason": "再次"})).status_code == 409
    assert (await checker.post("/loan-discrepancies/0/close", json={"reason": "x"})).status_code == 404
    assert (await checker.get("/loan-discrepancies", params={"state": "open"})).json()["items"] == []
