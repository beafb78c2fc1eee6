"""Coupons for all members of an audience: those of the approval, and of a branch its own."""

import msgspec
import pytest

from domain import approvals, coupon_issues, customers
from domain.audiences import AUDIENCES
from domain.coupon_issues import rules
from domain.coupon_issues.definition import Audience, Content
from domain.coupon_issues.members import SET
from kit import database as db
from kit.errors import RuleViolated
from tests.domain.coupon_issues.stage import BRANCH_CHECKER, BRANCH_MAKER, made, owners, running, worked, wrong
from tests.domain.coupons.stage import CHECKER, publish_template
from tests.domain.tasks.among import audience, worked_out

NAMES = [f"P{number}" for number in range(6)]


@pytest.fixture(autouse=True)
async def people(database: str) -> dict[str, int]:
    """Six customers, the last two of Shanghai; the first and the last three are an audience."""
    await publish_template("free7")
    ids = await customers.ids_of(NAMES)
    await db.execute("UPDATE customer SET branch = 'SH' WHERE customer_no IN ('P4', 'P5')")
    await audience("payers", "P0", "P3", "P4", "P5")
    return {name: ids[name] for name in NAMES}


async def test_its_members_get_one(people: dict[str, int]) -> None:
    issue = await worked((await running(audience={"code": "payers"})).id)
    assert (issue.total, issue.issued) == (4, 4)
    assert await owners(issue.id) == [people[name] for name in ("P0", "P3", "P4", "P5")]
    assert await wrong() == []


async def test_all_that_is_asked_must_hold(people: dict[str, int]) -> None:
    await db.execute("UPDATE customer SET stage = 'payer' WHERE customer_no IN ('P0', 'P1')")
    issue = await worked((await running(audience={"code": "payers", "stages": ["payer"]})).id)
    assert await owners(issue.id) == [people["P0"]]


async def test_the_people_are_those_of_the_approval_also_after_a_pause(
    people: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain.coupon_issues.members.SET", 2)
    assert SET > 2
    issue = await made(audience={"code": "payers"})
    await worked_out("payers", "P1", "P2", "P3", "P4", "P5")
    issue = await coupon_issues.approve(CHECKER, issue.id)
    assert issue.total == 5
    await coupon_issues.issue_next_set()
    await coupon_issues.pause(CHECKER, issue.id)
    assert await owners(issue.id) == [people["P1"], people["P2"]]
    await worked_out("payers", "P0")
    await approvals.end(AUDIENCES, "payers", CHECKER)
    await coupon_issues.resume(CHECKER, issue.id)
    await worked(issue.id)
    assert await owners(issue.id) == [people[name] for name in ("P1", "P2", "P3", "P4", "P5")]


async def test_a_branch_issues_to_its_own_customers_of_it(people: dict[str, int]) -> None:
    issue = await made(BRANCH_MAKER, audience={"code": "payers"})
    assert issue.total == 2
    await coupon_issues.approve(BRANCH_CHECKER, issue.id)
    await worked(issue.id)
    assert await owners(issue.id) == [people["P4"], people["P5"]]


@pytest.mark.parametrize("ending", ["unknown", "of another branch", "ended"])
async def test_an_audience_one_cannot_use_is_refused(ending: str) -> None:
    code = "nobody" if ending == "unknown" else "payers"
    if ending == "ended":
        await approvals.end(AUDIENCES, "payers", CHECKER)
    elif ending == "of another branch":
        await db.execute("UPDATE configuration SET branch = 'SZ' WHERE code = 'payers'")
    with pytest.raises(RuleViolated) as refused:
        await made(BRANCH_MAKER, audience={"code": code})
    assert [(one.path, one.code) for one in refused.value.faults] == [
        ("audience.code", "coupon_issue.unknown_audience")
    ]
    assert await db.fetchval("SELECT count(*) FROM coupon_issue") == 0


async def test_of_an_audience_that_ended_before_the_approval_nobody_gets_one() -> None:
    issue = await made(audience={"code": "payers"})
    await approvals.end(AUDIENCES, "payers", CHECKER)
    await coupon_issues.approve(CHECKER, issue.id)
    done = await worked(issue.id)
    assert (done.total, done.issued, done.state) == (0, 0, "done")


def test_what_was_asked_for_before_there_were_audiences_keeps_its_hash() -> None:
    text = '{"template":"t","reason":"r","at_daily_cap":"wait","audience":%s,"file":null}'
    plain = '{"stages":[],"branches":[],"card_products":[],"min_level":0}'
    content = msgspec.json.decode(text % plain, type=Content)
    assert b"code" not in msgspec.json.encode(content)
    with_code = msgspec.structs.replace(content, audience=Audience(code="payers"))
    assert rules.content_hash(with_code) != rules.content_hash(content)
