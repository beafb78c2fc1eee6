"""Whatever operators and time do to a configuration, in whatever order, the books of its life stay right."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import approvals
from domain.approvals import APPROVAL_LIMITS, ApprovalLimits, Kind, State
from domain.operators import HEAD_OFFICE, OperatorIdentity, Role
from kit import clock
from kit import database as db
from kit.errors import DomainError

PEOPLE = [OperatorIdentity(place, f"p{place}", f"p{place}", frozenset(Role), HEAD_OFFICE) for place in range(1, 5)]
ACTS = ["write", "dear", "submit", "approve", "later", "budget", "reject", "pause", "resume", "end", "back", "work"]
_acts = st.tuples(st.sampled_from(ACTS), st.sampled_from(PEOPLE))
_MADE = [("submit", PEOPLE[0]), ("approve", PEOPLE[1])]
BEGINNINGS = [
    [],
    [("write", PEOPLE[0]), *_MADE],
    [("write", PEOPLE[0]), *_MADE, ("pause", PEOPLE[0]), ("resume", PEOPLE[1])],
    [("dear", PEOPLE[0]), *_MADE],
    [("dear", PEOPLE[0]), *_MADE, ("budget", PEOPLE[2]), ("write", PEOPLE[0]), *_MADE],
    [("write", PEOPLE[0]), ("submit", PEOPLE[0]), ("reject", PEOPLE[1])],
    [("write", PEOPLE[0]), ("submit", PEOPLE[0]), ("later", PEOPLE[1])],
    [("write", PEOPLE[0]), ("submit", PEOPLE[0]), ("later", PEOPLE[1]), ("back", PEOPLE[2])],
]


async def _act(kind: Kind, code: str, act: str, who: OperatorIdentity) -> Any:
    match act:
        case "write" | "dear":
            return await approvals.save_draft(kind, code, kind.definition(act, 1 if act == "write" else 99), who)
        case "submit":
            return await approvals.submit(kind, code, who)
        case "approve":
            return await approvals.approve(kind, code, who)
        case "later":
            return await approvals.approve(kind, code, who, live_at=clock.now() + timedelta(milliseconds=1))
        case "budget":
            return await approvals.approve_budget(kind, code, who)
        case "reject":
            return await approvals.reject(kind, code, who, "不行")
        case "back":
            return await approvals.unschedule(kind, code, who)
        case "work":
            return await approvals.go_live_due([kind])
        case _:
            return await getattr(approvals, act)(kind, code, who)


async def _check(code: str, went_live: list[int]) -> None:
    rows = await db.fetch("SELECT * FROM configuration WHERE kind = 'leaflets' AND code = $1 ORDER BY version", code)
    assert [row["version"] for row in rows] == list(range(1, len(rows) + 1))
    states = [State(row["state"]) for row in rows]
    assert sum(state in (State.LIVE, State.PAUSED) for state in states) <= 1
    assert sum(state in approvals.IN_THE_MAKING for state in states) <= 1
    assert all(state in (State.SUPERSEDED, State.ENDED) for state in states[:-2])
    for row in rows:
        if row["live_at"] is not None:
            people = [row["maker_id"], row["checker_id"]] + (
                [row["budget_approver_id"]] if row["cost_fen"] > 50 else []
            )
            assert None not in people
            assert len(set(people)) == len(people)
    assert went_live == sorted({row["version"] for row in rows if row["live_at"] is not None})
    moved = await db.fetch(
        """SELECT DISTINCT ON (c.id) c.state, m.to_state FROM configuration c
           JOIN configuration_move m ON m.configuration_id = c.id
           WHERE c.kind = 'leaflets' AND c.code = $1 ORDER BY c.id, m.id DESC""",
        code,
    )
    assert len(moved) == len(rows)
    assert all(row["state"] == row["to_state"] for row in moved)


async def test_no_order_of_acts_breaks_a_life(leaflets: Kind, went_live: list[int], database: str) -> None:
    kind, done = replace(leaflets, cost=lambda leaflet: leaflet.pages), set()
    await approvals.save_draft(APPROVAL_LIMITS, "default", ApprovalLimits(50), PEOPLE[0])
    await approvals.submit(APPROVAL_LIMITS, "default", PEOPLE[0])
    await approvals.approve(APPROVAL_LIMITS, "default", PEOPLE[1])
    for number, acts in enumerate(_lives()):
        code = f"c{number}"
        went_live.clear()
        for act, who in acts:
            before = await _rows_of(code)
            try:
                if await _act(kind, code, act, who):
                    done.add(act)
            except DomainError:
                assert await _rows_of(code) == before, act
        while any(row[4] == "scheduled" for row in await _rows_of(code)):
            await approvals.go_live_due([kind])
        await _check(code, went_live)
    assert done == set(ACTS)


async def _rows_of(code: str) -> list[Any]:
    return [tuple(row.values()) for row in await db.fetch("SELECT * FROM configuration WHERE code = $1", code)]


def _lives() -> list[list[tuple[str, OperatorIdentity]]]:
    """Hypothesis calls plain functions: it chooses the lives, which are then lived one after the other."""
    lives: list[list[tuple[str, OperatorIdentity]]] = []

    @settings(max_examples=60, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(BEGINNINGS), st.lists(_acts, min_size=3, max_size=20))
    def choose(beginning: list[tuple[str, OperatorIdentity]], acts: list[tuple[str, OperatorIdentity]]) -> None:
        lives.append([*beginning, *acts])

    choose()
    return lives
