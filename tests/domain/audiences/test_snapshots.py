"""Frozen members stay what they were, whatever becomes of the audience."""

import hashlib

import asyncpg
import pytest

from domain import approvals, audiences, operators
from domain.audiences import AUDIENCES
from domain.operators import OperatorIdentity, Role
from kit import database as db
from kit.errors import Conflict, Forbidden, NotFound
from tests.domain.audiences.stage import audience, customer, document, holds, put
from tests.domain.coupons.stage import CHECKER, MAKER, publish

OTHER_BRANCH = OperatorIdentity(3, "sh", "经办", frozenset({Role.MAKER}), "SH")


async def test_what_is_frozen_outlives_changes(database: str) -> None:
    await operators.ensure("keeper", "某人", "a-long-password-1", [Role.MAKER], "HQ")
    members = [await customer(stage="payer") for _ in range(3)]
    await audience("payers", refresh="once")
    made = await audiences.freeze(MAKER, "payers", "双十一")
    assert (made.members, made.note, made.made_by, made.edition) == (3, "双十一", MAKER.operator_id, 1)
    assert made.digest == hashlib.sha256(b"".join(one.to_bytes(8) for one in sorted(members))).hexdigest()
    await put(members[0], stage="base")
    await audience("payers", refresh="once")
    await approvals.end(AUDIENCES, "payers", MAKER)
    async with db.transaction() as connection:
        assert set(await audiences.members(connection, "payers", made.id)) == set(members)
        assert not await audiences.members(connection, "payers")
    assert await audiences.snapshot_contains(made.id, members[0])
    assert not await audiences.snapshot_contains(made.id, members[-1] + 1)
    assert await audiences.snapshots(MAKER, "payers") == [made]
    assert await audiences.snapshot(MAKER, "payers", made.id) == made
    await holds()


async def test_two_of_the_same_members_have_the_same_digest(database: str) -> None:
    await customer(stage="payer")
    await audience("payers")
    await audience("again")
    first, second = await audiences.freeze(MAKER, "payers"), await audiences.freeze(MAKER, "again")
    assert first.digest == second.digest
    assert first.id != second.id


async def test_a_snapshot_is_of_its_own_audience(database: str) -> None:
    await customer(stage="payer")
    await audience("payers")
    await audience("others")
    made = await audiences.freeze(MAKER, "payers")
    async with db.transaction() as connection:
        with pytest.raises(NotFound, match="audience.no_snapshot"):
            await audiences.members(connection, "others", made.id)


@pytest.mark.parametrize("table", ["audience_snapshot", "audience_snapshot_piece"])
@pytest.mark.parametrize("act", ["UPDATE {} SET members = 1", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
async def test_the_database_refuses_to_change_what_is_frozen(database: str, table: str, act: str) -> None:
    await customer(stage="payer")
    await audience("payers")
    made = await audiences.freeze(MAKER, "payers")
    with pytest.raises(asyncpg.PostgresError, match="append"):
        await db.execute(act.format(table))
    assert await audiences.snapshots(MAKER, "payers") == [made]


async def test_only_what_was_worked_out_can_be_frozen_by_makers_who_see_it(database: str) -> None:
    with pytest.raises(NotFound):
        await audiences.freeze(MAKER, "payers")
    await publish(AUDIENCES, "payers", document())
    with pytest.raises(Conflict, match="audience.not_worked_out"):
        await audiences.freeze(MAKER, "payers")
    await audience("payers")
    with pytest.raises(Forbidden):
        await audiences.freeze(CHECKER, "payers")
    with pytest.raises(NotFound):
        await audiences.freeze(OTHER_BRANCH, "payers")
    assert await db.fetchval("SELECT count(*) FROM audience_snapshot") == 0
