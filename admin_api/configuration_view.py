"""A configuration as operators see it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from admin_api.shapes import Instant
from domain import approvals, operators
from domain.approvals import Reading, State, Version
from kit import clock


class ConfigurationView(msgspec.Struct, kw_only=True):
    """One version of a configuration; people by their usernames. The last four are told where they say something:
    what it may cost at most, whether that needs a budget approver, who that was, and when it is to go live.
    """

    kind: str
    code: str
    version: int
    state: State
    body: dict[str, Any]
    content_hash: str
    branch: str
    maker: str
    checker: str | None
    reject_reason: str | None
    created_at: Instant
    submitted_at: Instant | None
    live_at: Instant | None
    ended_at: Instant | None
    cost_fen: int | UnsetType = UNSET
    over_limit: bool | UnsetType = UNSET
    budget_approver: str | UnsetType = UNSET
    scheduled_at: Instant | UnsetType = UNSET


class ConfigurationDetail(ConfigurationView, kw_only=True):
    """The latest version; `live` is the one that is live or paused meanwhile, if that is another. `impact` is where to
    read what a version in the making would do to what runs on the live one.
    """

    live: ConfigurationView | None
    impact: str | None


async def views(versions: Sequence[Version]) -> list[ConfigurationView]:
    """`versions` with the names of their people."""
    names = await operators.usernames(
        who for one in versions for who in (one.maker_id, one.checker_id, one.budget_approver_id)
    )
    return [ConfigurationView(**_fields(version, names)) for version in versions]


async def view(version: Version) -> ConfigurationView:
    """One version."""
    return (await views([version]))[0]


async def detail(reading: Reading) -> ConfigurationDetail:
    """What reading one configuration answers."""
    latest, *others = await views([reading.latest, *([reading.live] if reading.live else [])])
    live = others[0] if others else None
    return ConfigurationDetail(**msgspec.structs.asdict(latest), live=live, impact=_impact(latest, live))


def _impact(latest: ConfigurationView, live: ConfigurationView | None) -> str | None:
    in_the_making = live is not None and latest.state in approvals.IN_THE_MAKING
    return f"/admin/v1/tasks/{latest.code}/impact" if latest.kind == "tasks" and in_the_making else None


def _fields(version: Version, names: dict[int | None, str]) -> dict[str, Any]:
    return {
        "kind": version.kind,
        "code": version.code,
        "version": version.version,
        "state": State(version.state),
        "body": version.body,
        "content_hash": version.content_hash,
        "branch": version.branch,
        "maker": names.get(version.maker_id, ""),
        "checker": names.get(version.checker_id),
        "reject_reason": version.reject_reason,
        "created_at": clock.local_text(version.created_at),
        "submitted_at": _text(version.submitted_at),
        "live_at": _text(version.live_at),
        "ended_at": _text(version.ended_at),
        "cost_fen": version.cost_fen or UNSET,
        "over_limit": version.over_limit or UNSET,
        "budget_approver": names.get(version.budget_approver_id, UNSET),
        "scheduled_at": _text(version.scheduled_at) or UNSET,
    }


def _text(instant: datetime | None) -> str | None:
    return clock.local_text(instant) if instant else None
