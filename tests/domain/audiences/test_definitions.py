"""What could never work is refused when it is written, with the path of every fault."""

from typing import Any

import msgspec
import pytest

from domain import approvals
from domain.audiences import AUDIENCES
from domain.audiences.kind import check
from domain.operators import OperatorIdentity, Role
from kit import database as db
from kit.errors import Forbidden, RuleViolated
from tests.domain.audiences.stage import audience, document
from tests.domain.coupons.stage import publish

BRANCH_MAKER = OperatorIdentity(3, "sh", "经办", frozenset({Role.MAKER}), "SH")
DEEP: dict[str, Any] = {"all": [{"any": [{"all": [{"any": [{"not": {"field": "level", "at_least": 1}}]}]}]}]}


@pytest.mark.parametrize(
    ("rule", "path", "code"),
    [
        ({}, "rule", "rule.unclear"),
        ({"field": "stage", "tag": "x", "in": ["a"]}, "rule", "rule.unclear"),
        ({"all": []}, "rule.all", "rule.empty"),
        ({"any": [{"not": []}]}, "rule.any[0].not", "rule.empty"),
        ({"field": "stage"}, "rule", "rule.does_not_fit"),
        ({"field": "stage", "at_least": 1}, "rule", "rule.does_not_fit"),
        ({"field": "level", "in": ["1"]}, "rule", "rule.does_not_fit"),
        ({"field": "level", "at_least": 3, "at_most": 1}, "rule.at_most", "rule.impossible"),
        ({"field": "stage", "in": ["payer"], "days": 3}, "rule.days", "rule.does_not_fit"),
        ({"all": [{"field": "level", "at_least": 1}], "at_least": 1}, "rule.at_least", "rule.does_not_fit"),
        ({"not": {"status": "card.activated"}}, "rule.not.is", "rule.missing"),
        ({"did": "refund"}, "rule.did", "rule.unknown_event"),
        ({"did": "status"}, "rule.did", "rule.unknown_event"),
        ({"did": "purchase", "at_least": 0}, "rule.at_least", "rule.impossible"),
        ({"did": "purchase", "where": {"mcc": {"in": ["54"]}}}, "rule.where.mcc.in", "condition.wrong_value"),
        ({"did": "app_login", "where": {"mcc": {"in": ["5411"]}}}, "rule.where.mcc", "condition.scope_does_not_fit"),
        ({"tag": "vip"}, "rule", "rule.does_not_fit"),
        ({"all": [{"tag": "vip", "is": True}]}, "rule.all[0].tag", "tag.unknown_reference"),
        (DEEP, "rule.all[0].any[0].all[0].any[0].not", "rule.too_deep"),
    ],
)
async def test_a_rule_that_could_never_work_is_refused(
    database: str, rule: dict[str, Any], path: str, code: str
) -> None:
    assert [(one.path, one.code) for one in await faults(rule=rule)] == [(path, code)]


async def test_a_document_has_one_source(database: str) -> None:
    rule = {"field": "level", "at_least": 0}
    for sources in ({"rule": None}, {"rule": rule, "file": {}}, {"combination": {"all": ["a"]}, "sql": "SELECT 1"}):
        assert [one.code for one in await faults(**sources)] == ["audience.one_source"]


@pytest.mark.parametrize(
    ("combination", "path", "code"),
    [
        ({"all": ["nobody"]}, "combination.all[0]", "audience.unknown_reference"),
        ({"any": ["known", {"not": "nobody"}]}, "combination.any[1].not", "audience.unknown_reference"),
        ({"all": []}, "combination.all", "rule.empty"),
        ({}, "combination", "rule.unclear"),
        ({"all": ["known"], "any": ["known"]}, "combination", "rule.unclear"),
        ({"all": ["itself"]}, "combination", "audience.circle"),
    ],
)
async def test_a_combination_names_what_is_live(
    database: str, combination: dict[str, Any], path: str, code: str
) -> None:
    await audience("known")
    await audience("itself")
    assert [(one.path, one.code) for one in await faults("itself", combination=combination)] == [(path, code)]


async def test_a_branch_combines_its_own_and_head_offices(database: str) -> None:
    for code, branch in (("hq", "HQ"), ("ours", "SH"), ("theirs", "BJ")):
        version = await publish(AUDIENCES, code, document())
        await db.execute("UPDATE configuration SET branch = $2 WHERE id = $1", version.id, branch)
    fine = msgspec.convert(document(combination={"all": ["hq", "ours"]}), AUDIENCES.definition)
    assert (await approvals.save_draft(AUDIENCES, "fine", fine, BRANCH_MAKER)).created
    refused = msgspec.convert(document(combination={"all": ["hq", "theirs"]}), AUDIENCES.definition)
    with pytest.raises(RuleViolated) as error:
        await approvals.save_draft(AUDIENCES, "refused", refused, BRANCH_MAKER)
    assert [one.path for one in error.value.faults] == ["combination.all[1]"]
    assert await db.fetchval("SELECT count(*) FROM configuration WHERE code = 'refused'") == 0


async def test_a_query_is_head_offices_to_write(database: str) -> None:
    query = msgspec.convert(document(sql="SELECT customer_id FROM customers"), AUDIENCES.definition)
    with pytest.raises(Forbidden, match="operator.head_office_only"):
        await approvals.save_draft(AUDIENCES, "query", query, BRANCH_MAKER)


async def faults(code: str = "new", **source: Any) -> list[Any]:
    try:
        await check(code, msgspec.convert(document(**source), AUDIENCES.definition))
    except RuleViolated as refused:
        return refused.faults
    return []
