"""Why a claim has not moved, as customers' pages show it: per condition what is missing, what counted, what did not."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from domain import tasks
from domain.tasks import ConditionExplained
from domain.tasks.conditions.verdict import Outcome

Unit = Literal["fen", "times", "days", "merchants", "done"]
Sentence = Annotated[str, Meta(examples=["领取后加油站消费还差 86.50 元"])]
ReasonCode = Annotated[
    Outcome, Meta(description="counted and partly_refunded counted, deducted came off, all others did not count")
]


class Occurrence(msgspec.Struct):
    """A transaction, or something the customer did, and what became of it. `amount_fen` is net of refunds."""

    occurred_at: datetime
    merchant: Annotated[str | None, Meta(examples=["壳牌"])]
    amount_fen: Annotated[int | None, Meta(description="CNY in fen; null without money", examples=[21_350])]
    code: ReasonCode
    text: Annotated[str, Meta(examples=["11月3日 的消费未计入：商户类别不符"])]


class ExplainedCondition(msgspec.Struct):
    """One condition: `missing` is in `unit` and due before `until`; the lists hold the latest ten, newest first."""

    label: Annotated[str, Meta(examples=["领取后加油站消费满300元"])]
    current: Annotated[int, Meta(examples=[21_350])]
    target: Annotated[int, Meta(examples=[30_000])]
    unit: Unit
    done: bool
    missing: Annotated[int, Meta(examples=[8_650])]
    until: datetime | None
    text: Sentence
    counted: list[Occurrence]
    not_counted: list[Occurrence]
    deducted: list[Occurrence]


class ClaimExplanation(msgspec.Struct):
    """A claim explained; `done` says whether its conditions together complete the task."""

    claim_id: str
    task: str
    done: bool
    expires_at: datetime | None
    text: Annotated[str, Meta(examples=["以下条件全部完成后，任务即完成"])]
    changed: Annotated[
        str | None,
        Meta(
            description="The last time a new version of the task moved the progress",
            examples=["11月20日 任务要求有调整，进度由 60% 变为 45%"],
        ),
    ]
    conditions: list[ExplainedCondition]


def explanation_of(found: tasks.Explanation) -> ClaimExplanation:
    """The answer."""
    return ClaimExplanation(
        str(found.claim_id),
        found.task,
        found.done,
        found.expires_at,
        found.text,
        found.changed,
        list(map(_condition, found.conditions)),
    )


def _condition(explained: ConditionExplained) -> ExplainedCondition:
    progress = explained.progress
    return ExplainedCondition(
        progress.label,
        progress.current,
        progress.target,
        progress.unit,  # type: ignore[arg-type]
        progress.done,
        explained.missing,
        explained.until,
        explained.text,
        list(map(_occurrence, explained.counted)),
        list(map(_occurrence, explained.not_counted)),
        list(map(_occurrence, explained.deducted)),
    )


def _occurrence(reason: tasks.Reason) -> Occurrence:
    return Occurrence(reason.occurred_at, reason.merchant, reason.amount_fen, reason.code, reason.text)
