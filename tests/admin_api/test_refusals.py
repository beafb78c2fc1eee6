"""What operators are refused is on record: once a minute and route, behind the answer, whatever becomes of the record."""

import asyncio

import httpx
from sanic import Sanic

from admin_api import Refusals
from domain import audit, operators
from domain.approvals import Kind
from domain.operators import OperatorIdentity, Refusal, Role
from kit import database as db
from tests.admin_api import world
from tests.admin_api.test_access import as_operator
from tests.domain.tasks.time_machine import TimeMachine, time_machine

__all__ = ["time_machine"]
SOMEBODY = OperatorIdentity(7, "somebody", "某人", frozenset({Role.MAKER}), "SH")


async def refusals() -> list[tuple[str, str, str]]:
    """Operator, route and code of every refusal on record, when none is about to be."""
    await Sanic.get_app("admin_room").ctx.refusals.written()
    rows = await db.fetch(
        "SELECT operator, subject, detail::jsonb ->> 'code' AS code,"
        " detail::jsonb ->> 'method' AS method FROM audit_entry WHERE action = 'refused' ORDER BY number"
    )
    return [(row["operator"], f"{row['method']} {row['subject']}", row["code"]) for row in rows]


async def test_a_missing_role_another_branch_and_anothers_work_are_on_record(url: str, kinds: list[Kind]) -> None:
    await world.build(kinds)
    foreign, below = await world.ids("bj"), await world.ids("pd")
    async with as_operator(url, "support", [Role.SUPPORT], "sh-branch") as client:
        assert (await client.put("/small-leaflets/a", json={"title": "t"})).status_code == 403
        assert (await client.get("/audit")).status_code == 403
        assert (await client.post("/reconciliation")).status_code == 403
        assert (await client.get(f"/customers/{foreign['customer_no']}")).status_code == 404
        assert (await client.get(f"/exports/{below['export_id']}/file")).status_code == 403
        assert (await client.get(f"/customers/{below['customer_no']}")).status_code == 200
    assert await refusals() == [
        ("support", "put small-leaflets/{code}", "operator.missing_role"),
        ("support", "get audit", "operator.missing_role"),
        ("support", "post reconciliation", "operator.head_office_only"),
        ("support", "get customers/{customer_no}", "customer.not_found"),
        ("support", "get exports/{export_id}/file", "export.not_yours"),
    ]
    [entry, *_] = await audit.list_(None, audit.Filter(action="refused", subject="customers"), None, 10)
    assert (entry.branch, f'"path":"/admin/v1/customers/{foreign["customer_no"]}"' in entry.detail) == (
        "sh-branch",
        True,
    )
    assert (await audit.verify()).broken == 0


async def test_what_head_office_does_not_find_is_nobodys(url: str) -> None:
    async with as_operator(url, "reader", [Role.SUPPORT], "HQ") as client:
        assert (await client.get("/customers/nobody")).status_code == 404
        assert (await client.get("/coupon-issues?limit=x")).status_code == 400
    assert await refusals() == []


async def test_a_flood_is_one_entry_a_minute_and_route(url: str, time_machine: TimeMachine) -> None:
    async with as_operator(url, "support", [Role.SUPPORT], "HQ") as client:
        for minutes in (0, 2):
            time_machine(minutes=minutes)
            answers = await asyncio.gather(*(client.get("/audit", params={"limit": n % 9 + 1}) for n in range(60)))
            assert {answer.status_code for answer in answers} == {403}
            await client.put("/small-leaflets/a", json={"title": "t"})
            await client.put("/small-leaflets/b", json={"title": "t"})
            assert len(await refusals()) == (4 if minutes else 2)


async def test_several_processes_write_one_entry(database: str) -> None:
    refusal = Refusal(SOMEBODY, "get", "audit", "/admin/v1/audit", "operator.missing_role")
    processes = [Refusals() for _ in range(6)]
    for process in processes:
        process.note(refusal)
    await asyncio.gather(*(process.written() for process in processes))
    assert await db.fetchval("SELECT count(*) FROM audit_entry") == 1
    assert not await operators.note_refusal(refusal)
    assert (await audit.verify()).broken == 0


async def test_what_cannot_be_recorded_is_refused_all_the_same(url: str) -> None:
    async with as_operator(url, "support", [Role.SUPPORT], "HQ") as client:
        async with db.transaction() as connection:
            await connection.execute("SELECT pg_advisory_xact_lock($1)", audit.HEAD_LOCK)
            # The trail is busy for as long as this goes on: nobody waits for it.
            for path in ("/audit", "/audit/export", "/reconciliation"):
                method = "POST" if path == "/reconciliation" else "GET"
                answer = await asyncio.wait_for(client.request(method, path), 10)
                assert (answer.status_code, answer.json()["code"]) == (403, "operator.missing_role")
        assert len(await refusals()) == 3
        await db.execute("ALTER TABLE audit_entry RENAME TO audit_entry_away")
        try:
            assert (await client.put("/small-leaflets/a", json={"title": "t"})).status_code == 403
            await Sanic.get_app("admin_room").ctx.refusals.written()
        finally:
            await db.execute("ALTER TABLE audit_entry_away RENAME TO audit_entry")
        assert (await client.get("/account")).status_code == 200
    assert len(await refusals()) == 3


async def test_strange_paths_are_recorded_as_they_were_asked(url: str) -> None:
    async with as_operator(url, "support", [Role.SUPPORT], "HQ") as client:
        for path in ("/small-leaflets/%00", "/large-leaflets/" + "x" * 500, "/tasks/%F0%9F%98%80"):
            assert (await client.put(path, json={})).status_code in (400, 403)
        answer: httpx.Response = await client.get("/account")
        assert answer.status_code == 200
    assert {code for _, _, code in await refusals()} == {"operator.missing_role"}
    assert len(await refusals()) == 3
