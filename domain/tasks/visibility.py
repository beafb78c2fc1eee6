"""Why a customer sees a task or does not: everything it asks of those who see it, and whether it holds."""

from collections.abc import Iterator

import msgspec

from domain import approvals, audiences, campaigns, customers, experience
from domain.customers import Profile
from domain.operators import HEAD_OFFICE, OperatorIdentity
from domain.tasks import rules
from domain.tasks.catalogue import TaskVersion, catalogue
from domain.tasks.follow_text import STAGES
from domain.tasks.offers import open_to
from domain.tasks.queries import tasks_of
from kit import clock, database
from kit.errors import NotFound


class Requirement(msgspec.Struct, frozen=True):
    """One thing a task asks of its customers; `code` is the path of the field that says so."""

    code: str
    holds: bool
    text: str


class Visibility(msgspec.Struct, frozen=True):
    """`seen` as on the customer's pages: who holds a claim sees it whatever it asks. `version` is the live one."""

    task: str
    version: int
    seen: bool
    claimed: bool
    requirements: list[Requirement]


async def visibility(operator: OperatorIdentity, customer_id: int, channel: str, code: str) -> Visibility:
    """Of one live task, on one channel, now. Raises `NotFound` (`task.not_found`) where it is not live, or of a branch
    that is neither this operator's nor head office.
    """
    owner = await approvals.owner("tasks", code)
    await catalogue.refresh()
    version = catalogue.live.get(code)
    if version is None or owner is None or not (operator.sees(owner) or owner == HEAD_OFFICE):
        raise NotFound("task.not_found", "没有这个任务，或它没有生效")
    views = {view.version.code: view for view in await tasks_of(customer_id, channel)}
    async with database.connection() as connection:
        profile = (await customers.profiles(connection, [customer_id]))[customer_id]
        rank = (await experience.ranks(connection, [customer_id])).get(customer_id, 0)
        offered = (customer_id, code) in await open_to(connection, [customer_id])
    view = views.get(code)
    asked = [
        *_admission(version, customer_id),
        *_profile(version, profile, rank, channel),
        *_time(version, offered=offered),
    ]
    return Visibility(code, version.number, view is not None, view is not None and view.claim is not None, asked)


def _admission(version: TaskVersion, customer_id: int) -> Iterator[Requirement]:
    campaign, seen_by = version.definition.campaign, version.definition.visible
    if campaign is not None:
        holds = campaigns.admission.admits(campaign, customer_id)
        yield Requirement("campaign", holds, f"活动 {campaign} 对该客户开放（客群与白名单）")
    if seen_by.audience is not None:
        holds = audiences.reaches(seen_by.audience, None, customer_id)
        yield Requirement("visible.audience", holds, f"属于客群 {seen_by.audience}")
    if seen_by.exclude is not None:
        holds = audiences.reaches(None, seen_by.exclude, customer_id)
        yield Requirement("visible.exclude", holds, f"不属于客群 {seen_by.exclude}")


def _profile(version: TaskVersion, profile: Profile, rank: int, channel: str) -> Iterator[Requirement]:
    terms = version.definition.visible
    if terms.card_products:
        holds = profile.card_product in terms.card_products
        yield Requirement("visible.card_products", holds, "卡产品为 " + "、".join(terms.card_products))
    if terms.stages:
        text = "阶段为 " + "、".join(STAGES[stage] for stage in terms.stages)
        yield Requirement("visible.stages", profile.stage in terms.stages, text)
    if terms.min_level:
        yield Requirement("visible.min_level", rank >= terms.min_level, f"等级不低于 {terms.min_level}")
    if terms.channels:
        yield Requirement("visible.channels", channel in terms.channels, "渠道为 " + "、".join(terms.channels))


def _time(version: TaskVersion, *, offered: bool) -> Iterator[Requirement]:
    definition = version.definition
    if definition.claim.until is not None:
        text = f"{clock.local_text(definition.claim.until)} 前可领取"
        yield Requirement("claim.until", rules.not_over(definition, clock.now()), text)
    if definition.claim.offered_only:
        yield Requirement("claim.mode", offered, "已由任务链或任务池推荐给该客户")
