"""Why a claim has not moved: per condition what is missing, what counted and what did not, from the stored events."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice

import msgspec

from domain.events.recall import recall
from domain.tasks.catalogue import catalogue
from domain.tasks.conditions import Leaf, Program, Progress
from domain.tasks.conditions.outlook import missing, until
from domain.tasks.conditions.sentences import changed_text, missing_text, verdict_text
from domain.tasks.conditions.tree import Group
from domain.tasks.conditions.verdict import COUNTED, Outcome, Verdict
from domain.tasks.evidence import Evidence, StoredClaim
from kit import clock, database
from kit.database import Connection
from kit.errors import NotFound

LISTED = 10


class Reason(msgspec.Struct, frozen=True):
    """One event with what became of it; `amount_fen` is the net amount, None where money plays no part."""

    occurred_at: datetime
    merchant: str | None
    amount_fen: int | None
    code: Outcome
    text: str
    event_id: str


class ConditionExplained(msgspec.Struct, frozen=True):
    """One condition; the lists hold the latest ten of each, newest first."""

    progress: Progress
    missing: int
    until: datetime | None
    text: str
    counted: list[Reason]
    not_counted: list[Reason]
    deducted: list[Reason]


class Explanation(msgspec.Struct, frozen=True):
    """A claim explained; `done` says whether its conditions together complete the task. `changed` tells of the last
    time a new version of the task moved its progress.
    """

    claim_id: int
    task: str
    version: int
    done: bool
    expires_at: datetime | None
    text: str
    changed: str | None
    conditions: list[ConditionExplained]


async def explain(customer_id: int, claim_id: int) -> Explanation:
    """Explain one claim of this customer. Raises `NotFound`, also for somebody else's.

    `current` is what is stored; the lists come from the latest 500 events of each kind around the windows.
    """
    row = await database.fetchrow(
        f"SELECT {StoredClaim.COLUMNS} FROM claim WHERE id = $1 AND customer_id = $2", claim_id, customer_id
    )
    if row is None:
        raise NotFound("claim.not_found", "没有这条领取记录")
    await catalogue.know([row["version_id"]])
    claim = StoredClaim(row, catalogue.version(row["version_id"]))
    async with database.connection() as connection:
        told = await recall(connection, customer_id, claim.looks)
        changed = await _changed(connection, claim_id)
    return _explained(claim, Evidence(claim, told), changed, clock.now())


async def _changed(connection: Connection, claim_id: int) -> str | None:
    move = await connection.fetchrow(
        """SELECT moved_at, percent_before, percent_after FROM claim_move
           WHERE claim_id = $1 AND percent_before <> percent_after ORDER BY id DESC LIMIT 1""",
        claim_id,
    )
    return changed_text(*move) if move else None


def _explained(claim: StoredClaim, evidence: Evidence, changed: str | None, now: datetime) -> Explanation:
    program, expires_at = claim.program, claim.span.expires_at
    done = program.completes(claim.states)
    conditions = [
        _condition(claim, leaf, progress, evidence, now)
        for leaf, progress in zip(program.leaves, program.progress(claim.states), strict=True)
    ]
    text = _text(program, done, expires_at is not None and expires_at <= now)
    return Explanation(claim.id, claim.version.code, claim.version.number, done, expires_at, text, changed, conditions)


def _condition(
    claim: StoredClaim, leaf: Leaf, progress: Progress, evidence: Evidence, now: datetime
) -> ConditionExplained:
    state, judged = claim.states[leaf.index], evidence.judged(leaf)
    lacking = missing(leaf, state, claim.span, now)
    return ConditionExplained(
        progress,
        lacking,
        until(leaf, state, claim.span, now),
        missing_text(leaf, progress.label, lacking),
        _latest(leaf, (verdict for verdict in reversed(judged) if verdict.code in COUNTED)),
        _latest(leaf, (verdict for verdict in reversed(judged) if verdict.code not in COUNTED)),
        _latest(leaf, reversed(evidence.deducted(leaf))),
    )


def _latest(leaf: Leaf, newest_first: Iterable[Verdict]) -> list[Reason]:
    return [
        Reason(
            verdict.event.occurred_at,
            verdict.event.merchant_name,
            verdict.amount_fen if verdict.event.amount_fen else None,
            verdict.code,
            verdict_text(leaf, verdict),
            verdict.event.event_id,
        )
        for verdict in islice(newest_first, LISTED)
    ]


def _text(program: Program, done: bool, expired: bool) -> str:
    if done:
        return "任务已完成"
    if expired:
        return "任务已到期，条件没有全部完成"
    tree = program.tree
    if not isinstance(tree, Group) or tree.need == len(program.leaves):
        return "以下条件全部完成后，任务即完成"
    if any(isinstance(child, Group) for child in tree.children):
        return "以下条件按任务说明完成后，任务即完成"
    return f"以下条件完成任意 {tree.need} 个，任务即完成"
