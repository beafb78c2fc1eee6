"""The checklist of a campaign, and the approval that waits for it."""

from collections.abc import Iterable

import msgspec

from domain import approvals, audiences, campaigns
from domain.approvals import State, Version
from domain.benefits import BENEFITS
from domain.campaigns import CampaignDefinition
from domain.coupons import TEMPLATES
from domain.launches import rules
from domain.launches.contents import Contents, contents, contents_of
from domain.launches.forbidden_words import words_in_force
from domain.launches.forecasts import latest_of
from domain.launches.references import references
from domain.launches.rules import Document, Item, Known, Members, Stock
from domain.operators import OperatorIdentity
from kit import clock, database
from kit.errors import Fault, RuleViolated

_MESSAGES = "message-templates"


class Checklist(msgspec.Struct, frozen=True):
    """What was looked at, of which version of the campaign."""

    version: int
    items: list[Item]

    @property
    def failed(self) -> list[Item]:
        """What keeps it from being launched."""
        return [item for item in self.items if item.status == "fail"]


async def checklist(code: str, operator: OperatorIdentity) -> Checklist:
    """The checklist of the newest version of a campaign this operator may see, as things are now. Raises `NotFound`."""
    return await _checked(await contents(code, operator))


async def may_launch(version: Version) -> None:
    """Where the approval limits say so, refuse a campaign with failed items.

    Raises `RuleViolated` (`campaign.checklist_failed`) with the path of each.
    """
    limits = await approvals.limits()
    if limits is None or limits.checklist != "refuse":
        return
    failed = (await _checked(await contents_of(version))).failed
    if failed:
        faults = [Fault(item.path, f"campaign.checklist.{item.check}", item.text) for item in failed]
        raise RuleViolated("campaign.checklist_failed", "活动检查清单有未通过的项目，请先处理", faults)


async def _checked(found: Contents) -> Checklist:
    definition = msgspec.convert(found.campaign.body, CampaignDefinition)
    documents = [Document(one.kind, one.code, one.state, one.body) for one in found.all]
    standing = await _standing(documents)
    known = Known(
        definition=definition,
        documents=documents,
        stocks=await _stocks(found),
        standing={of: {version.state for version in versions} for of, versions in standing.items()},
        words=await words_in_force(),
        message_texts=_message_texts(standing),
        audience=await _members(definition.audience) if definition.audience else None,
        taking_part=await campaigns.size_of(found.campaign.code, definition),
        was_on_trial=await _was_on_trial(found.campaign),
        forecasts=await latest_of(found.campaign, found.tasks),
        spent_fen=await _spent(found.campaign.code),
        now=clock.now(),
    )
    return Checklist(found.campaign.version, rules.items(known))


async def _standing(documents: Iterable[Document]) -> dict[tuple[str, str], list[Version]]:
    """What the documents refer to and is not over, newest version last."""
    wanted = {(kind, code) for document in documents for _, kind, code in references(document.kind, document.body)}
    rows: dict[tuple[str, str], list[Version]] = {}
    for kind in sorted({kind for kind, _ in wanted}):
        for version in await approvals.in_states(kind, [*approvals.IN_THE_MAKING, State.LIVE, State.PAUSED]):
            if (kind, version.code) in wanted:
                rows.setdefault((kind, version.code), []).append(version)
    return rows


def _message_texts(standing: dict[tuple[str, str], list[Version]]) -> dict[str, dict[str, object]]:
    return {code: versions[-1].body for (kind, code), versions in standing.items() if kind == _MESSAGES}


async def _stocks(found: Contents) -> dict[tuple[str, str], Stock]:
    templates, benefits = ([one.code for one in of] for of in (found.templates, found.benefits))
    issued = await _counts("SELECT template, issued FROM coupon_stock WHERE template = ANY($1::text[])", templates)
    granted = await _counts("SELECT benefit, issued FROM benefit_stock WHERE benefit = ANY($1::text[])", benefits)
    codes = await _counts(
        """SELECT benefit, count(*) FROM benefit_code
           WHERE benefit = ANY($1::text[]) AND grant_id IS NULL AND withdrawn_at IS NULL GROUP BY benefit""",
        benefits,
    )
    stocks = {
        (TEMPLATES.name, one.code): Stock(one.body["stock"] - issued.get(one.code, 0), one.body["cost_fen"])
        for one in found.templates
    }
    for one in found.benefits:
        bound = one.body["stock"]
        left = None if bound is None else bound - granted.get(one.code, 0)
        if one.body["stock_mode"] == "codes":
            left = codes.get(one.code, 0)
        stocks[BENEFITS.name, one.code] = Stock(left, one.body["cost_fen"])
    return stocks


async def _counts(statement: str, codes: list[str]) -> dict[str, int]:
    return {row[0]: row[1] for row in await database.fetch(statement, codes)}


async def _members(code: str) -> Members:
    async with database.connection() as connection:
        ids = await audiences.members(connection, code)
        by_channel = await audiences.contactable(connection, ids)
    return Members(not await audiences.faults("audience", [code]), len(ids), by_channel)


async def _was_on_trial(campaign: Version) -> bool:
    before = await approvals.ever_live(campaign.kind, campaign.code)
    return any(version.body.get("trial") for version in before)


async def _spent(campaign: str) -> int:
    spent = await database.fetchval(
        "SELECT reserved_fen + committed_fen FROM budget_pot WHERE campaign = $1 AND branch = ''", campaign
    )
    return int(spent or 0)
