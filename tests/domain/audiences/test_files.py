"""Members come by file: added, removed, replaced; and nobody of another branch."""

from typing import Any

import pytest

from domain import audiences, customers, imports
from domain.audiences import Mode
from domain.imports import ImportFile, ImportState
from domain.operators import OperatorIdentity
from kit import database as db
from kit.database import Connection
from kit.errors import Conflict, NotFound, RuleViolated
from tests.domain.audiences.stage import audience, customer, holds, inside, worked_out
from tests.domain.coupons.stage import MAKER
from tests.domain.imports.stage import faults, pieces, worked
from tests.domain.tasks.making import overtaken


async def members() -> list[int]:
    return [await customer() for _ in range(4)]


async def received(code: str, who: list[int] | bytes, mode: Mode | None = None, **more: Any) -> ImportFile:
    operator: OperatorIdentity = more.pop("operator", MAKER)
    content = who if isinstance(who, bytes) else await listed(who)
    dry_run = more.pop("dry_run", False)
    chunks = pieces(content)
    return (await imports.receive(operator, "audience_members", code, "f", dry_run, chunks, mode)).file


async def listed(who: list[int]) -> bytes:
    rows = await db.fetch("SELECT customer_no FROM customer WHERE id = ANY($1) ORDER BY id", who)
    return "\n".join(["customer_no", *(row[0] for row in rows)]).encode()


async def taken(code: str, who: list[int] | bytes, mode: Mode | None = None, **more: Any) -> ImportFile:
    done = await worked(await received(code, who, mode, **more), more.get("operator", MAKER))
    await worked_out()
    return done


async def test_files_add_remove_and_replace(database: str) -> None:
    everybody = await members()
    await audience("list", file={})
    assert inside("list", everybody) == set()
    done = await taken("list", everybody[:2])
    assert (done.state, done.accepted, done.duplicates) == (ImportState.DONE, 2, 0)
    assert inside("list", everybody) == set(everybody[:2])
    done = await taken("list", everybody[1:3], "add")
    assert (done.accepted, done.duplicates) == (1, 1)
    await taken("list", everybody[:1], "remove")
    assert inside("list", everybody) == set(everybody[1:3])
    await taken("list", everybody[2:], "replace")
    assert inside("list", everybody) == set(everybody[2:])
    await holds()


async def test_the_last_file_again_is_the_same_import_an_older_one_is_not(database: str) -> None:
    everybody = await members()
    await audience("list", file={})
    first = await taken("list", everybody[:1])
    assert (await received("list", everybody[:1])).id == first.id
    removed = await taken("list", everybody[:1], "remove")
    assert inside("list", everybody) == set()
    again = await taken("list", everybody[:1])
    assert len({first.id, removed.id, again.id}) == 3
    assert inside("list", everybody) == {everybody[0]}


async def test_a_file_that_replaces_counts_when_it_is_done(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domain.imports.unpack.SET", 1)
    everybody = await members()
    await audience("list", file={})
    await taken("list", everybody[:1])
    file = await received("list", everybody[1:], "replace")
    for _ in range(3):  # unpacked, and two of three sets
        assert await imports.work_next() == 1
    await db.execute("UPDATE audience SET due_at = as_of")
    await worked_out()
    assert inside("list", everybody) == {everybody[0]}
    await imports.cancel(MAKER, file.id)
    await db.execute("UPDATE audience SET due_at = as_of")
    await worked_out()
    assert inside("list", everybody) == {everybody[0]}
    await taken("list", everybody[3:], "replace")
    assert inside("list", everybody) == {everybody[3]}
    assert await db.fetchval("SELECT count(*) FROM audience_member") == 1


async def test_a_file_without_rows_replaces_all_by_nobody(database: str) -> None:
    everybody = await members()
    await audience("list", file={})
    await taken("list", everybody)
    await taken("list", b"customer_no\n", "replace")
    assert inside("list", everybody) == set()


async def test_a_dry_run_changes_nothing(database: str) -> None:
    everybody = await members()
    await audience("list", file={})
    await taken("list", everybody[:1])
    done = await taken("list", everybody[1:], "replace", dry_run=True)
    assert (done.accepted, done.faulty) == (3, 0)
    assert await db.fetchval("SELECT count(*) FROM audience_member") == 1
    assert inside("list", everybody) == {everybody[0]}


async def test_strangers_and_other_branches_customers_are_listed(database: str) -> None:
    own, foreign = await customer(branch="SH"), await customer(branch="BJ")
    operator = of_branch("SH")
    await audience("ours", file={})
    await db.execute("UPDATE configuration SET branch = 'SH' WHERE kind = 'audiences'")
    content = await listed([own, foreign]) + b"\nNOBODY\n"
    done = await taken("ours", content, operator=operator)
    assert (done.accepted, done.faulty) == (1, 2)
    assert await faults(done, operator) == [
        (2, "customer_no", "customer.not_found"),
        (3, "customer_no", "customer.not_found"),
    ]
    # Whoever sees more than the audience has changes nothing of that.
    assert (await taken("ours", await listed([foreign]))).faulty == 1
    assert inside("ours", [own, foreign]) == {own}


def of_branch(branch: str) -> OperatorIdentity:
    return OperatorIdentity(MAKER.operator_id, MAKER.username, MAKER.name, MAKER.roles, branch)


async def test_only_an_audience_of_a_file_takes_files(database: str) -> None:
    await audience("rule")
    with pytest.raises(Conflict, match="audience.not_by_file"):
        await received("rule", b"customer_no\nX\n")
    with pytest.raises(NotFound):
        await received("nobody", b"customer_no\nX\n")
    await audience("list", file={})
    with pytest.raises(NotFound):
        await received("list", b"customer_no\nX\n", operator=of_branch("SH"))
    with pytest.raises(RuleViolated, match="import.no_mode"):
        await imports.receive(MAKER, "customers", None, "f", False, pieces(b"customer_no\nX\n"), "add")


async def test_a_member_who_leaves_the_branch_leaves_the_audience(database: str) -> None:
    own = await customer(branch="SH")
    await audience("ours", file={})
    await db.execute("UPDATE configuration SET branch = 'SH' WHERE kind = 'audiences'")
    await taken("ours", [own])
    assert inside("ours", [own]) == {own}
    await db.execute("UPDATE customer SET branch = 'BJ' WHERE id = $1", own)
    await db.execute("UPDATE audience SET due_at = as_of")
    await worked_out()
    assert inside("ours", [own]) == set()


async def test_an_erased_customer_is_in_no_file(database: str) -> None:
    [gone, *_] = await members()
    await audience("list", file={})
    await taken("list", [gone])
    async with db.transaction() as connection:
        await audiences.erase(connection, gone)
    assert await db.fetchval("SELECT count(*) FROM audience_member") == 0
    assert await db.fetchval("SELECT members FROM audience") == 0


async def test_who_is_erased_while_a_file_comes_in_is_not_put_into_it(database: str) -> None:
    gone, other = await customer(), await customer()
    await audience("list", file={})
    file = await received("list", [gone, other])
    assert await imports.work_next() == 1  # unpacked

    async def erased(connection: Connection) -> None:
        await customers.lock(connection, [gone])
        await audiences.erase(connection, gone)
        await customers.erase(connection, gone)

    assert await overtaken(erased, imports.work_next) == 1
    assert (await imports.read(MAKER, file.id)).faulty == 1
    assert [row[0] for row in await db.fetch("SELECT customer_id FROM audience_member")] == [other]
    await holds("customer.erased_as_asked")
