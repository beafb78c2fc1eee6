"""What a task tells its customer: claimed, about to expire, completed, rewarded; each once per claim (and round)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from domain import customers, messages
from domain.facts import RewardDue, TaskCompleted
from domain.messages import Notice
from domain.tasks.book import OpenClaim
from domain.tasks.catalogue import TaskVersion, catalogue
from domain.tasks.definition import Messages, reward_due
from domain.tasks.views import reward_name
from kit.database import Connection
from kit.masking import mask_name


class Addressee(msgspec.Struct, frozen=True):
    """A claim, or an offer without one, of which its customer is to hear; without `rewards` of those of its task."""

    claim_id: int | None
    customer_id: int
    version: TaskVersion
    expires_at: datetime | None
    round: int = 0
    rewards: list[RewardDue] | None = None


async def tell(connection: Connection, occasion: str, about: Sequence[Addressee]) -> None:
    """Write the message each task has for `occasion`, if it has one. The caller holds the customers' rows."""
    await write(
        connection,
        [
            (one, template, f"task:{one.claim_id}:{one.round}:{occasion}")
            for one in about
            if (template := _template(one.version.definition.messages, occasion))
        ],
    )


async def write(connection: Connection, due: Sequence[tuple[Addressee, str, str]]) -> None:
    """Write a message about a task to each: by which template, and under which dedupe key."""
    if not due:
        return
    profiles = await customers.profiles(connection, sorted({one.customer_id for one, _, _ in due}))
    await messages.prepare(
        connection,
        [
            Notice(
                one.customer_id,
                template,
                key,
                {
                    "customer": mask_name(profiles[one.customer_id].name),
                    "task": one.version.definition.name,
                    "reward": _rewards(one),
                    **({"expires_on": one.expires_at} if one.expires_at else {}),
                },
                f"/tasks/{one.version.code}",
            )
            for one, template, key in due
        ],
    )


async def tell_claimed(connection: Connection, claims: Iterable[OpenClaim]) -> None:
    """Those of `claims` that were just made. The caller holds the customers' rows."""
    new = [claim for claim in claims if claim.new and claim.version.definition.messages is not None]
    about = [Addressee(claim.id, claim.customer_id, claim.version, claim.expires_at) for claim in new]
    await tell(connection, "claimed", about)


async def tell_completed(connection: Connection, facts: Sequence[TaskCompleted]) -> None:
    """A refund that takes the completion back takes no message back; completing anew is told anew."""
    rows = await connection.fetch(
        "SELECT id, version_id, expires_at FROM claim WHERE id = ANY($1::bigint[])", [fact.claim_id for fact in facts]
    )
    await catalogue.know(row["version_id"] for row in rows)
    claims = {row["id"]: row for row in rows}
    about = [
        Addressee(
            fact.claim_id,
            fact.customer_id,
            catalogue.version(claims[fact.claim_id]["version_id"]),
            claims[fact.claim_id]["expires_at"],
            fact.round,
        )
        for fact in facts
    ]
    if any(one.version.definition.messages for one in about):
        await customers.lock(connection, {one.customer_id for one in about})
        await tell(connection, "completed", about)


def _template(asked: Messages | None, occasion: str) -> str | None:
    if asked is None:
        return None
    if occasion == "expiring":
        return asked.expiring.template if asked.expiring else None
    template: str | None = getattr(asked, occasion)
    return template


def _rewards(one: Addressee) -> str:
    due = list(map(reward_due, one.version.definition.rewards)) if one.rewards is None else one.rewards
    return "、".join(
        f"{reward.amount}{reward_name(reward)}" if reward.kind == "experience" else reward_name(reward)
        for reward in due
    )
