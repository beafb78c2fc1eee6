"""Four eyes: what a checker's approval does, and what it refuses."""

import asyncio

import asyncpg
import pytest

from domain import approvals, reconciliation
from domain.approvals import Kind, State, Version
from domain.operators import OperatorIdentity
from kit import database as db
from kit.errors import Conflict, Forbidden, NotFound


async def submitted(kind: Kind, maker: OperatorIdentity, title: str = "one") -> Version:
    await approvals.save_draft(kind, "a", kind.definition(title), maker)
    return await approvals.submit(kind, "a", maker)


async def test_an_approved_version_is_live(
    leaflets: Kind, went_live: list[int], maker: OperatorIdentity, checker: OperatorIdentity
) -> None:
    await submitted(leaflets, maker)
    approved = await approvals.approve(leaflets, "a", checker)
    assert (approved.state, approved.checker_id) == (State.LIVE, checker.operator_id)
    assert approved.live_at is not None
    assert went_live == [1]
    assert await approvals.live("leaflets") == [approved]


async def test_the_next_version_supersedes_the_live_one(
    leaflets: Kind, went_live: list[int], maker: OperatorIdentity, checker: OperatorIdentity
) -> None:
    await submitted(leaflets, maker)
    first = await approvals.approve(leaflets, "a", checker)
    saved = await approvals.save_draft(leaflets, "a", leaflets.definition("two"), maker)
    assert (saved.created, saved.version.version) == (True, 2)
    reading = await approvals.read("leaflets", "a", maker)
    assert (reading.latest.version, reading.live) == (2, first)

    await approvals.submit(leaflets, "a", maker)
    second = await approvals.approve(leaflets, "a", checker)
    assert await approvals.live("leaflets") == [second]
    before, now = await approvals.versions([first.id, second.id])
    assert (before.state, now.state) == (State.SUPERSEDED, State.LIVE)
    assert went_live == [1, 2]


async def test_a_maker_cannot_approve_own_work(leaflets: Kind, went_live: list[int], both: OperatorIdentity) -> None:
    await submitted(leaflets, both)
    with pytest.raises(Forbidden) as refused:
        await approvals.approve(leaflets, "a", both)
    assert refused.value.code == "approval.maker_is_checker"
    assert went_live == []


async def test_the_database_refuses_a_maker_as_checker_whatever_the_program_says(
    leaflets: Kind, both: OperatorIdentity
) -> None:
    version = await submitted(leaflets, both)
    with pytest.raises(asyncpg.CheckViolationError, match="maker_is_not_checker"):
        await db.execute("UPDATE configuration SET state = 'live', checker_id = maker_id WHERE id = $1", version.id)
    with pytest.raises(asyncpg.CheckViolationError, match="live_was_checked"):
        await db.execute("UPDATE configuration SET state = 'live' WHERE id = $1", version.id)


async def test_whoever_edited_last_is_the_maker(
    leaflets: Kind, maker: OperatorIdentity, both: OperatorIdentity
) -> None:
    await approvals.save_draft(leaflets, "a", leaflets.definition("one"), maker)
    await approvals.save_draft(leaflets, "a", leaflets.definition("slipped in"), both)
    await approvals.submit(leaflets, "a", maker)
    with pytest.raises(Forbidden):
        await approvals.approve(leaflets, "a", both)


async def test_of_two_checkers_at_once_one_wins(
    leaflets: Kind,
    went_live: list[int],
    maker: OperatorIdentity,
    checker: OperatorIdentity,
    second_checker: OperatorIdentity,
) -> None:
    await submitted(leaflets, maker)
    before = await approvals.current_revision()
    outcomes = await asyncio.gather(
        *(approvals.approve(leaflets, "a", one) for one in (checker, second_checker) * 4),
        return_exceptions=True,
    )
    winners = [one for one in outcomes if isinstance(one, Version)]
    losers = [one for one in outcomes if isinstance(one, Conflict)]
    assert (len(winners), len(losers)) == (1, 7)
    assert {one.code for one in losers} == {"configuration.wrong_state"}
    assert went_live == [1]
    assert await approvals.current_revision() == before + 1


async def test_a_replayed_approval_is_refused(
    leaflets: Kind, went_live: list[int], maker: OperatorIdentity, checker: OperatorIdentity
) -> None:
    await submitted(leaflets, maker)
    await approvals.approve(leaflets, "a", checker)
    await approvals.save_draft(leaflets, "a", leaflets.definition("two"), maker)
    with pytest.raises(Conflict) as refused:
        await approvals.approve(leaflets, "a", checker)
    assert refused.value.code == "configuration.wrong_state"
    assert went_live == [1]


async def test_a_checker_approves_what_was_read_and_nothing_newer(
    leaflets: Kind, maker: OperatorIdentity, checker: OperatorIdentity, second_checker: OperatorIdentity
) -> None:
    read = await submitted(leaflets, maker)
    await approvals.reject(leaflets, "a", second_checker, "改标题")
    newer = await submitted(leaflets, maker, "two")
    with pytest.raises(Conflict) as refused:
        await approvals.approve(leaflets, "a", checker, read.content_hash)
    assert refused.value.code == "approval.content_changed"
    assert (await approvals.approve(leaflets, "a", checker, newer.content_hash)).body["title"] == "two"


async def test_content_changed_behind_our_back_is_not_approved(
    leaflets: Kind, maker: OperatorIdentity, checker: OperatorIdentity
) -> None:
    version = await submitted(leaflets, maker)
    await db.execute("""UPDATE configuration SET body = '{"title": "one", "pages": 99}'""")
    with pytest.raises(Conflict) as refused:
        await approvals.approve(leaflets, "a", checker, version.content_hash)
    assert refused.value.code == "approval.content_changed"


async def test_when_going_live_fails_nothing_has_happened(
    leaflets: Kind, went_live: list[int], maker: OperatorIdentity, checker: OperatorIdentity
) -> None:
    async def jammed(connection: object, version: Version) -> None:
        raise ConnectionError("paper jam")

    await submitted(leaflets, maker)
    before = await approvals.current_revision()
    broken = Kind("leaflets", leaflets.definition, leaflets.check, jammed)
    with pytest.raises(ConnectionError):
        await approvals.approve(broken, "a", checker)
    assert (await approvals.read("leaflets", "a", checker)).latest.state == State.SUBMITTED
    assert await approvals.current_revision() == before


async def test_approving_what_nobody_wrote_is_not_found(leaflets: Kind, checker: OperatorIdentity) -> None:
    with pytest.raises(NotFound):
        await approvals.approve(leaflets, "nothing", checker)


async def test_two_first_drafts_at_once_are_one_configuration(
    leaflets: Kind, maker: OperatorIdentity, both: OperatorIdentity
) -> None:
    saved = await asyncio.gather(
        *(
            approvals.save_draft(leaflets, "a", leaflets.definition(str(i)), one)
            for i, one in enumerate((maker, both) * 4)
        )
    )
    assert [one.created for one in saved].count(True) == 1
    assert len({one.version.id for one in saved}) == 1


async def test_the_books_of_approvals_are_checked(
    leaflets: Kind, maker: OperatorIdentity, checker: OperatorIdentity
) -> None:
    async def broken() -> set[str]:
        verdicts = await reconciliation.reconcile()
        return {one.invariant for one in verdicts}

    await submitted(leaflets, maker)
    live = await approvals.approve(leaflets, "a", checker)
    assert await broken() == set()
    await db.execute("UPDATE configuration SET content_hash = 'x', checker_id = 77 WHERE id = $1", live.id)
    assert await broken() == {"configuration.is_what_was_agreed_to", "configuration.approvers_are_in_the_history"}
    await db.execute("UPDATE configuration SET state = 'paused' WHERE id = $1", live.id)
    assert "configuration.state_is_the_last_move" in await broken()
