"""Values of tags come by files."""

import pytest

from domain import approvals, imports
from domain.operators import OperatorIdentity, Role
from domain.tags import TAGS
from kit import database as db
from kit.errors import Conflict, NotFound, RuleViolated
from tests.domain.coupons.stage import MAKER
from tests.domain.imports.stage import faults, received, taken, worked
from tests.domain.tags.stage import live_tag, people, values_of
from tests.domain.tasks.time_machine import TimeMachine

SHANGHAI = OperatorIdentity(3, "sh", "", frozenset({Role.MAKER}), "SH")


def counts(file: imports.ImportFile) -> tuple[str, int, int, int, int]:
    return file.state, file.rows, file.accepted, file.duplicates, file.faulty


async def test_values_are_set_changed_and_removed(database: str) -> None:
    await people("C1", "C2", "C3")
    await live_tag("score", "number")
    file = await taken("tags", "customer_no,value\nC1,5\nC2,-7\nC3,0\n", "score")
    assert counts(file) == ("done", 3, 3, 0, 0)
    file = await taken("tags", "customer_no,value,remove\nC1,6,\nC2,-7,\nC3,,true\n", "score")
    assert counts(file) == ("done", 3, 2, 1, 0)
    assert await values_of("score") == {"C1": 6, "C2": -7}


async def test_of_several_rows_of_one_customer_the_last_good_one_counts(database: str) -> None:
    await people("C1")
    await live_tag("city", "text", values=["深圳", "上海"])
    file = await taken("tags", "customer_no,value\nC1,上海\nC1,深圳\nC1,北京\n", "city")
    assert counts(file) == ("done", 3, 1, 1, 1)
    assert await values_of("city") == {"C1": "深圳"}


async def test_faulty_rows_are_listed_and_refuse_no_other(database: str) -> None:
    await people("C1", "C2")
    await live_tag("vip")
    rows = ["C1,是,", "C2,perhaps,", "C2,,", "C2,true,true", "C9,true,", ",true,"]
    file = await taken("tags", "\n".join(["customer_no,value,remove", *rows]), "vip")
    assert counts(file) == ("done", 6, 1, 0, 5)
    assert await faults(file) == [
        (2, "value", "row.invalid"),
        (3, "value", "row.missing"),
        (4, "value", "tag.unclear_row"),
        (5, "customer_no", "customer.not_found"),
        (6, "customer_no", "row.missing"),
    ]
    assert await values_of("vip") == {"C1": True}


async def test_a_dry_run_says_what_would_be_wrong_and_changes_nothing(database: str) -> None:
    await people("C1")
    await live_tag("score", "number")
    file = await taken("tags", "customer_no,value\nC1,5\nC1,five\n", "score", dry_run=True)
    assert counts(file) == ("done", 2, 1, 0, 1)
    assert await values_of("score") == {}
    assert await db.fetchval("SELECT told_at FROM tag_state") is None


async def test_the_same_file_is_the_same_import_on_the_same_day_only(database: str, time_machine: TimeMachine) -> None:
    await people("C1")
    await live_tag("vip")
    content = "customer_no,value\nC1,true\n"
    first = await taken("tags", content, "vip")
    assert (await received("tags", content, "vip")).id == first.id
    time_machine(days=1)
    second = await taken("tags", content, "vip")
    assert second.id != first.id
    assert counts(second) == ("done", 1, 0, 1, 0)


async def test_a_file_is_for_a_live_imported_tag_of_the_operator_s_branches(database: str) -> None:
    await live_tag("vip")
    await live_tag("stage", "text", {"field": "stage"}, values=["base"])
    for target, refusal in ((None, RuleViolated), ("nobody", NotFound), ("stage", Conflict)):
        with pytest.raises(refusal):
            await received("tags", "customer_no,value\nC1,true\n", target)
    with pytest.raises(NotFound):
        await received("tags", "customer_no,value\nC1,true\n", "vip", operator=SHANGHAI)


async def test_a_branch_tells_only_of_its_own_customers(database: str) -> None:
    await taken("customers", "customer_no,branch\nC1,SH\nC2,SZ\n")
    await live_tag("vip")
    await db.execute("UPDATE configuration SET branch = 'SH'")
    file = await taken("tags", "customer_no,value\nC1,true\nC2,true\n", "vip", operator=SHANGHAI)
    assert await faults(file, SHANGHAI) == [(2, "customer_no", "customer.not_found")]
    assert await values_of("vip") == {"C1": True}


async def test_rows_of_a_tag_that_has_ended_meanwhile_are_refused(database: str) -> None:
    await people("C1")
    await live_tag("vip")
    file = await received("tags", "customer_no,value\nC1,true\n", "vip")
    await approvals.end(TAGS, "vip", MAKER)
    file = await worked(file)
    assert counts(file) == ("done", 1, 0, 0, 1)
    assert await faults(file) == [(1, "", "tag.not_live")]
    assert await values_of("vip") == {}
