"""From a draft to the desk of the checker."""

import msgspec
import pytest

from domain import approvals
from domain.approvals import Kind, State, content
from domain.operators import OperatorIdentity
from kit import database as db
from kit.errors import Conflict, Forbidden, NotFound, RuleViolated


async def test_a_draft_is_written_over_until_it_is_submitted(
    leaflets: Kind, maker: OperatorIdentity, both: OperatorIdentity
) -> None:
    first = await approvals.save_draft(leaflets, "a", leaflets.definition("one"), maker)
    again = await approvals.save_draft(leaflets, "a", leaflets.definition("two"), both)
    assert (first.created, again.created) == (True, False)
    assert again.version.id == first.version.id
    assert again.version.body == {"title": "two", "pages": 1}
    assert again.version.content_hash != first.version.content_hash
    assert again.version.maker_id == both.operator_id


async def test_what_was_submitted_cannot_be_edited(leaflets: Kind, maker: OperatorIdentity) -> None:
    await approvals.save_draft(leaflets, "a", leaflets.definition("one"), maker)
    submitted = await approvals.submit(leaflets, "a", maker)
    assert submitted.state == State.SUBMITTED
    assert submitted.submitted_at is not None
    with pytest.raises(Conflict) as refused:
        await approvals.save_draft(leaflets, "a", leaflets.definition("two"), maker)
    assert refused.value.code == "configuration.submitted"
    assert (await approvals.read("leaflets", "a", maker)).latest.body["title"] == "one"


async def test_an_impossible_draft_is_refused_with_its_path(leaflets: Kind, maker: OperatorIdentity) -> None:
    with pytest.raises(RuleViolated) as refused:
        await approvals.save_draft(leaflets, "a", leaflets.definition("one", pages=0), maker)
    assert refused.value.faults[0].path == "pages"
    with pytest.raises(NotFound):
        await approvals.read("leaflets", "a", maker)


async def test_a_rejected_version_is_a_draft_again_with_the_reason(
    leaflets: Kind, maker: OperatorIdentity, checker: OperatorIdentity
) -> None:
    await approvals.save_draft(leaflets, "a", leaflets.definition("one"), maker)
    await approvals.submit(leaflets, "a", maker)
    rejected = await approvals.reject(leaflets, "a", checker, "标题有误")
    assert (rejected.state, rejected.reject_reason, rejected.submitted_at) == (State.DRAFT, "标题有误", None)
    await approvals.save_draft(leaflets, "a", leaflets.definition("two"), maker)
    assert (await approvals.submit(leaflets, "a", maker)).reject_reason is None


async def test_a_version_that_became_impossible_is_not_submitted(leaflets: Kind, maker: OperatorIdentity) -> None:
    await approvals.save_draft(leaflets, "a", leaflets.definition("one"), maker)
    await db.execute("""UPDATE configuration SET body = '{"title": "one", "pages": 0}'""")
    with pytest.raises(RuleViolated):
        await approvals.submit(leaflets, "a", maker)
    assert (await approvals.read("leaflets", "a", maker)).latest.state == State.DRAFT


async def test_only_makers_write_and_submit(leaflets: Kind, checker: OperatorIdentity) -> None:
    for attempt in (
        approvals.save_draft(leaflets, "a", leaflets.definition("one"), checker),
        approvals.submit(leaflets, "a", checker),
    ):
        with pytest.raises(Forbidden) as refused:
            await attempt
        assert refused.value.code == "operator.missing_role"


async def test_a_branch_neither_sees_nor_touches_what_is_not_its_own(
    leaflets: Kind, maker: OperatorIdentity, branch_maker: OperatorIdentity
) -> None:
    await approvals.save_draft(leaflets, "head", leaflets.definition("one"), maker)
    await approvals.save_draft(leaflets, "own", leaflets.definition("two"), branch_maker)
    for attempt in (
        approvals.read("leaflets", "head", branch_maker),
        approvals.save_draft(leaflets, "head", leaflets.definition("mine"), branch_maker),
        approvals.submit(leaflets, "head", branch_maker),
        approvals.end(leaflets, "head", branch_maker),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert [one.code for one in await approvals.list_("leaflets", branch_maker)] == ["own"]
    assert [one.code for one in await approvals.list_("leaflets", maker)] == ["own", "head"]


async def test_head_office_editing_a_branchs_configuration_leaves_it_with_the_branch(
    leaflets: Kind, maker: OperatorIdentity, branch_maker: OperatorIdentity
) -> None:
    await approvals.save_draft(leaflets, "own", leaflets.definition("one"), branch_maker)
    await approvals.save_draft(leaflets, "own", leaflets.definition("two"), maker)
    assert (await approvals.read("leaflets", "own", branch_maker)).latest.body["title"] == "two"


async def test_lists_page_through_the_latest_version_of_each_code(leaflets: Kind, maker: OperatorIdentity) -> None:
    for code in "abc":
        await approvals.save_draft(leaflets, code, leaflets.definition(code), maker)
    await approvals.submit(leaflets, "b", maker)
    first = await approvals.list_("leaflets", maker, limit=2)
    rest = await approvals.list_("leaflets", maker, after=first[-1].id, limit=2)
    assert [one.code for one in (*first, *rest)] == ["c", "b", "a"]
    assert [one.code for one in await approvals.list_("leaflets", maker, approvals.Filter(State.SUBMITTED))] == ["b"]


@pytest.mark.parametrize(
    "body",
    [
        {"zz": 1, "b": 2, "aaa": {"y": None, "x": [True, {"long name": 1, "s": 2}]}},
        {"名称": '加油满300元 “✓” \\ " \u2028', "": []},
        {"big": 2**62, "rate": "0.20", "share": 0.25, "nothing": {}},
    ],
)
async def test_the_hash_survives_being_stored(database: str, body: dict[str, object]) -> None:
    stored = await db.fetchval("SELECT $1::jsonb", content.stored_text(body))
    assert content.content_hash(msgspec.json.decode(stored)) == content.content_hash(body)
