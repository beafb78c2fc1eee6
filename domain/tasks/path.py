"""The chain or pool around a task as a customer's page shows it: what is done, where they are, what comes next."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from domain import audiences, customers, experience
from domain.customers import Profile
from domain.tasks import rules
from domain.tasks.catalogue import catalogue
from domain.tasks.definition import FollowUpRule, FollowUps
from domain.tasks.follow_rules import targets
from domain.tasks.follow_when import bucket_of, when_of
from domain.tasks.queries import tasks_of
from domain.tasks.views import TaskView
from kit import database

_LONGEST = 20
State = Literal["done", "now", "next", "expired"]
_STATES: dict[str, State] = {
    "completed": "done",
    "rewarded": "done",
    "claimed": "now",
    "expired": "expired",
}


class PathStep(msgspec.Struct, frozen=True):
    """One task on the way. One this customer has no page of yet has no code, and one that is not for them no name
    either. `choice`: one of several that a pool may bring.
    """

    task: str | None
    name: str | None
    state: State
    choice: bool


async def path_of(customer_id: int, channel: str, code: str) -> list[PathStep]:
    """The way that leads to the task and on from it, over what is live; empty where there is none, or no such task for
    this customer.
    """
    if not targets(_follow_ups(code)) and not _sources(code):
        return []
    views = {view.version.code: view for view in await tasks_of(customer_id, channel)}
    if code not in views:
        return []
    async with database.connection() as connection:
        profile = (await customers.profiles(connection, [customer_id]))[customer_id]
        rank = (await experience.ranks(connection, [customer_id])).get(customer_id, 0)
    steps: list[PathStep] = []
    way = [*_before(code, views), *_after(code)]
    for task in way:
        if task in views:
            steps.append(_step(views[task], reached=not steps or steps[-1].state == "done"))
        else:
            version = catalogue.live[task]
            definition = version.definition
            named = version.open_to(customer_id) and rules.visible(definition, profile, rank, channel)
            steps.append(PathStep(None, definition.name if named else None, "next", False))
    choices = [_choice(rule, views) for rule in _pool(way[-1]) if _may_come(way[-1], rule, views, profile, rank)]
    path = [*steps, *dict.fromkeys(choices)]
    return path if len(path) > 1 else []


def _follow_ups(code: str) -> FollowUps | None:
    version = catalogue.live.get(code)
    return version.definition.follow_ups if version else None


def _sources(code: str) -> list[str]:
    """The live tasks that may lead to this one, chains first."""
    found = [one for one, version in catalogue.live.items() if code in targets(version.definition.follow_ups)]
    return sorted(found, key=lambda one: not _is_chain(one))


def _is_chain(code: str) -> bool:
    follow_ups = _follow_ups(code)
    return follow_ups is not None and follow_ups.mode == "chain"


def _before(code: str, views: Mapping[str, TaskView]) -> list[str]:
    """Back along what the customer has begun; else along a chain, if only one leads here. The task itself is last."""
    way = [code]
    while len(way) < _LONGEST:
        sources = [one for one in _sources(way[0]) if one not in way and one in views]
        begun = [one for one in sources if views[one].claim is not None]
        chains = [one for one in sources if _is_chain(one)]
        if begun:
            way.insert(0, begun[0])
        elif len(chains) == 1:
            way.insert(0, chains[0])
        else:
            break
    return way


def _after(code: str) -> list[str]:
    way = [code]
    while len(way) < _LONGEST:
        follow_ups = _follow_ups(way[-1])
        if follow_ups is None or follow_ups.mode != "chain" or follow_ups.rules[0].task in way:
            break
        way.append(follow_ups.rules[0].task)
    return [task for task in way[1:] if task in catalogue.live]


def _pool(code: str) -> list[FollowUpRule]:
    follow_ups = _follow_ups(code)
    return follow_ups.rules if follow_ups and follow_ups.mode == "pool" else []


def _may_come(pool: str, rule: FollowUpRule, views: Mapping[str, TaskView], profile: Profile, rank: int) -> bool:
    """What was begun or is offered already, or what the rules hold ready for such a customer. No other half of a share
    is told, and nothing they do not see.
    """
    view = views.get(rule.task)
    if view is None:
        return False
    when = when_of(rule.when)
    fits = when.fits(profile, rank, bucket_of(pool, profile.id)) and when.among(
        audiences.which(when.audiences, profile.id)
    )
    return fits or view.offered or view.claim is not None


def _choice(rule: FollowUpRule, views: Mapping[str, TaskView]) -> PathStep:
    view = views[rule.task]
    return msgspec.structs.replace(_step(view, reached=view.offered), choice=True)


def _step(view: TaskView, *, reached: bool) -> PathStep:
    untouched: State = "now" if reached else "next"
    return PathStep(view.version.code, view.version.definition.name, _STATES.get(view.state, untouched), False)
