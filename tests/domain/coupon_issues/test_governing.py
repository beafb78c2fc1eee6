"""Who may ask for, approve and stop an issue; of what is refused nothing stays."""

import asyncio
from typing import Any

import asyncpg
import pytest

from domain import coupon_issues
from domain.coupon_issues import IssueState
from domain.operators import OperatorIdentity, Role
from kit import database
from kit.errors import Conflict, DomainError, Forbidden, NotFound, RuleViolated
from tests.domain.coupon_issues.stage import (
    BOTH,
    BRANCH_CHECKER,
    BRANCH_MAKER,
    OTHER_BRANCH,
    made,
    owners,
    request,
    running,
    worked,
    wrong,
)
from tests.domain.coupons.stage import CHECKER, MAKER, new_customers, publish_template

pytestmark = pytest.mark.usefixtures("database")


async def refusal(doing: Any) -> DomainError:
    with pytest.raises(DomainError) as refused:
        await doing
    return refused.value


@pytest.fixture(autouse=True)
async def people(database: str) -> list[int]:
    await publish_template("free7")
    return await new_customers(3)


async def count() -> int:
    return int(await database.fetchval("SELECT count(*) FROM coupon_issue"))


async def test_nothing_is_issued_before_it_is_approved(people: list[int]) -> None:
    issue = await made()
    assert (issue.state, issue.total) == (IssueState.SUBMITTED, 3)
    assert await coupon_issues.issue_next_set() == 0
    await coupon_issues.approve(CHECKER, issue.id, issue.content_hash)
    assert (await worked(issue.id)).issued == 3


async def test_the_maker_cannot_be_the_checker_not_even_in_the_database() -> None:
    issue = await made(BOTH)
    assert (await refusal(coupon_issues.approve(BOTH, issue.id))).code == "approval.maker_is_checker"
    assert (await refusal(coupon_issues.reject(BOTH, issue.id, "no"))).code == "approval.maker_is_checker"
    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute(
            """UPDATE coupon_issue SET state = 'running', checker_id = maker_id, approved_at = now(), due_at = now()
               WHERE id = $1""",
            issue.id,
        )


async def test_roles_are_asked_for() -> None:
    issue = await made()
    support = OperatorIdentity(9, "support", "客服", frozenset({Role.SUPPORT}), "HQ")
    for doing in (
        coupon_issues.make(CHECKER, request(), "k"),
        coupon_issues.approve(MAKER, issue.id),
        coupon_issues.reject(MAKER, issue.id, "no"),
        coupon_issues.cancel(support, issue.id),
        coupon_issues.pause(support, issue.id),
        coupon_issues.resume(support, issue.id),
    ):
        assert (await refusal(doing)).code == "operator.missing_role"


async def test_only_what_the_checker_has_read_is_approved() -> None:
    issue = await made()
    assert (await refusal(coupon_issues.approve(CHECKER, issue.id, "0" * 64))).code == "approval.content_changed"
    await database.execute("UPDATE coupon_issue SET body = jsonb_set(body, '{template}', '\"other\"')")
    assert (await refusal(coupon_issues.approve(CHECKER, issue.id))).code == "approval.content_changed"
    assert (await coupon_issues.progress(issue.id)).state == IssueState.SUBMITTED


async def test_the_same_key_is_the_same_issue() -> None:
    first = await coupon_issues.make(MAKER, request(), "key")
    again = await coupon_issues.make(MAKER, request(), "key")
    assert (first.created, again.created, again.issue.id) == (True, False, first.issue.id)
    refused = await refusal(coupon_issues.make(MAKER, request(reason="other"), "key"))
    assert isinstance(refused, Conflict)
    assert refused.code == "idempotency.key_reused"
    together = await asyncio.gather(*(coupon_issues.make(MAKER, request(), "second") for _ in range(5)))
    assert [one.created for one in together].count(True) == 1
    assert len({one.issue.id for one in together}) == 1
    assert await count() == 2


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ({"template": "nothing"}, "template"),
        ({"audience": None}, "audience"),
        ({"file": "1", "audience": {}}, "audience"),
    ],
)
async def test_an_impossible_issue_is_refused_with_its_path(asked: dict[str, Any], path: str) -> None:
    refused = await refusal(coupon_issues.make(MAKER, request(**asked), "k"))
    assert isinstance(refused, RuleViolated)
    assert [fault.path for fault in refused.faults] == [path]
    assert await count() == 0


async def test_an_audience_of_nobody_is_refused() -> None:
    refused = await refusal(coupon_issues.make(MAKER, request(audience={"stages": ["credit"]}), "k"))
    assert refused.code == "coupon_issue.nobody"
    assert await count() == 0


async def test_a_branch_reaches_its_own_customers_only(people: list[int]) -> None:
    await database.execute("UPDATE customer SET branch = 'SH' WHERE id = $1", people[0])
    await database.execute("UPDATE customer SET branch = 'SZ' WHERE id = $1", people[1])
    for named in ([], ["SH"]):
        issue = await made(BRANCH_MAKER, audience={"branches": named})
        await coupon_issues.approve(BRANCH_CHECKER, issue.id)
        assert (await worked(issue.id)).total == 1
    rows = await database.fetch("SELECT DISTINCT customer_id FROM coupon")
    assert [row[0] for row in rows] == [people[0]]
    foreign = await refusal(coupon_issues.make(BRANCH_MAKER, request(audience={"branches": ["SH", "SZ"]}), "k"))
    assert [fault.path for fault in foreign.faults] == ["audience.branches[1]"]


async def test_another_branch_sees_and_touches_nothing_of_it(people: list[int]) -> None:
    await database.execute("UPDATE customer SET branch = 'SH'")
    issue = await made(BRANCH_MAKER)
    for doing in (
        coupon_issues.read(OTHER_BRANCH, issue.id),
        coupon_issues.approve(OTHER_BRANCH, issue.id),
        coupon_issues.reject(OTHER_BRANCH, issue.id, "no"),
        coupon_issues.cancel(OTHER_BRANCH, issue.id),
    ):
        assert isinstance(await refusal(doing), NotFound)
    assert await coupon_issues.list_(OTHER_BRANCH) == []
    assert [one.id for one in await coupon_issues.list_(MAKER)] == [issue.id]


async def test_a_branch_issues_templates_of_head_office_and_its_own(people: list[int]) -> None:
    await database.execute("UPDATE customer SET branch = 'SH'")
    await publish_template("theirs")
    await database.execute("UPDATE configuration SET branch = 'SZ' WHERE code = 'theirs'")
    refused = await refusal(coupon_issues.make(BRANCH_MAKER, request(template="theirs"), "k"))
    assert [fault.path for fault in refused.faults] == ["template"]
    assert (await made(BRANCH_MAKER)).total == 3


async def test_a_paused_issue_waits_and_a_cancelled_one_never_goes_on() -> None:
    issue = await running()
    await coupon_issues.pause(MAKER, issue.id)
    assert await coupon_issues.issue_next_set() == 0
    assert (await refusal(coupon_issues.approve(CHECKER, issue.id))).code == "coupon_issue.wrong_state"
    await coupon_issues.cancel(CHECKER, issue.id)
    assert await coupon_issues.issue_next_set() == 0
    for doing in (
        coupon_issues.resume(MAKER, issue.id),
        coupon_issues.pause(MAKER, issue.id),
        coupon_issues.approve(CHECKER, issue.id),
        coupon_issues.cancel(MAKER, issue.id),
    ):
        assert (await refusal(doing)).code == "coupon_issue.wrong_state"
    assert await owners(issue.id) == []
    assert await wrong() == []


async def test_resuming_does_not_stand_for_the_approval() -> None:
    issue = await made()
    assert (await refusal(coupon_issues.resume(BOTH, issue.id))).code == "coupon_issue.wrong_state"


async def test_a_rejected_issue_is_over() -> None:
    issue = await made()
    rejected = await coupon_issues.reject(CHECKER, issue.id, "wrong audience")
    assert (rejected.state, rejected.reject_reason) == (IssueState.REJECTED, "wrong audience")
    assert (await refusal(coupon_issues.approve(CHECKER, issue.id))).code == "coupon_issue.wrong_state"
    assert await wrong() == []


async def test_of_two_checkers_one_approves() -> None:
    issue = await made()
    other = OperatorIdentity(7, "c2", "复核", frozenset({Role.CHECKER}), "HQ")
    outcomes = await asyncio.gather(
        coupon_issues.approve(CHECKER, issue.id), coupon_issues.approve(other, issue.id), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["Conflict", "CouponIssue"]
    assert (await worked(issue.id)).issued == 3
    assert isinstance(await refusal(coupon_issues.approve(MAKER, issue.id)), Forbidden)
