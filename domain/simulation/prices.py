"""What rewards would cost, and what bounds them: prices, stocks, caps and budgets as they stand now."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from domain import approvals
from domain.approvals import State, Version
from domain.benefits import BENEFITS
from domain.benefits.definition import BenefitDefinition
from domain.benefits.rules import Ledger as BenefitLedger
from domain.campaigns import CAMPAIGNS, CampaignDefinition
from domain.campaigns.rules import Pot, PotKey, ceilings
from domain.coupons import TEMPLATES
from domain.coupons.definition import CouponTemplate, DynamicValidity, IssueWindow
from domain.coupons.rules import Ledger as CouponLedger
from domain.coupons.template import Template
from domain.tasks.definition import TaskDefinition
from kit.database import Connection

_STANDING = (*approvals.IN_THE_MAKING, State.LIVE, State.PAUSED)
Held = dict[tuple[str, int], int]


class Prices(msgspec.Struct, frozen=True):
    """`daily` are the ceilings of each day of the pots that have one."""

    coupons: Mapping[str, Template]
    benefits: Mapping[str, BenefitDefinition]
    coupon_ledger: CouponLedger
    benefit_ledger: BenefitLedger
    pots: dict[PotKey, Pot]
    daily: Mapping[PotKey, int]


async def prices(
    connection: Connection, definitions: Sequence[TaskDefinition], forecast_id: int, now: datetime
) -> Prices:
    """Of everything these tasks give: of a live version if there is one, else of the newest in the making. Windows of
    issue are left aside, as they are not those of the days that are played.
    """
    rewards = [reward for definition in definitions for reward in definition.rewards]
    templates = {
        code: _always_issued(version, now)
        for code, version in (await _standing(TEMPLATES.name, [one.coupon for one in rewards])).items()
    }
    benefits = {
        code: msgspec.convert(version.body, BenefitDefinition)
        for code, version in (await _standing(BENEFITS.name, [one.benefit for one in rewards])).items()
    }
    named = [one.definition.campaign for one in templates.values()] + [one.campaign for one in benefits.values()]
    pots, daily = await _pots(connection, named)
    return Prices(
        templates,
        benefits,
        CouponLedger(await _coupons_left(connection, templates), {}, await _coupons_held(connection, forecast_id), now),
        BenefitLedger(await _benefits_left(connection, benefits), await _benefits_held(connection, forecast_id)),
        pots,
        daily,
    )


async def _standing(kind: str, codes: Sequence[str | None]) -> dict[str, Version]:
    """The version that counts of each of these codes; what is nowhere costs nothing and is refused."""
    wanted = {code for code in codes if code is not None}
    found: dict[str, Version] = {}
    for version in await approvals.in_states(kind, _STANDING) if wanted else ():
        known = found.get(version.code)
        if version.code in wanted and (known is None or known.state != State.LIVE):
            found[version.code] = version
    return found


def _always_issued(version: Version, now: datetime) -> Template:
    definition = msgspec.convert(version.body, CouponTemplate)
    definition = msgspec.structs.replace(definition, issue=IssueWindow(), validity=DynamicValidity(days=1))
    return Template(version.code, version.id, definition)


async def _pots(connection: Connection, named: Sequence[str | None]) -> tuple[dict[PotKey, Pot], dict[PotKey, int]]:
    """What budgets have left; of a campaign that never was live, what its draft would give it."""
    campaigns = sorted({campaign for campaign in named if campaign is not None})
    rows = await connection.fetch(
        """SELECT campaign, branch, ceiling_fen - reserved_fen - committed_fen AS left_fen, daily_fen FROM budget_pot
           WHERE campaign = ANY($1::text[])""",
        campaigns,
    )
    found = {(row["campaign"], row["branch"]): (row["left_fen"], row["daily_fen"]) for row in rows}
    unborn = set(campaigns) - {campaign for campaign, _ in found}
    for code, version in (await _standing(CAMPAIGNS.name, sorted(unborn))).items():
        budget = msgspec.convert(version.body, CampaignDefinition).budget
        if budget is not None:
            found |= {(code, branch): bounds for branch, bounds in ceilings(budget).items()}
    pots = {key: Pot(left, daily) for key, (left, daily) in found.items()}
    return pots, {key: daily for key, (_, daily) in found.items() if daily is not None}


async def _coupons_left(connection: Connection, templates: Mapping[str, Template]) -> dict[str, int]:
    issued = await _counts(connection, "SELECT template, issued FROM coupon_stock WHERE template = ANY($1)", templates)
    return {code: one.definition.stock - issued.get(code, 0) for code, one in templates.items()}


async def _benefits_left(connection: Connection, benefits: Mapping[str, BenefitDefinition]) -> dict[str, int | None]:
    granted = await _counts(connection, "SELECT benefit, issued FROM benefit_stock WHERE benefit = ANY($1)", benefits)
    codes = await _counts(
        connection,
        """SELECT benefit, count(*) FROM benefit_code
           WHERE benefit = ANY($1) AND grant_id IS NULL AND withdrawn_at IS NULL GROUP BY benefit""",
        benefits,
    )
    left: dict[str, int | None] = {}
    for code, one in benefits.items():
        if one.stock_mode == "codes":
            left[code] = codes.get(code, 0)
        else:
            left[code] = None if one.stock is None else one.stock - granted.get(code, 0)
    return left


async def _counts(connection: Connection, statement: str, codes: Mapping[str, object]) -> dict[str, int]:
    rows = await connection.fetch(statement.replace("ANY($1)", "ANY($1::text[])"), list(codes))
    return {row[0]: row[1] for row in rows}


async def _coupons_held(connection: Connection, forecast_id: int) -> Held:
    """Of those who would complete something, who has had which coupons already."""
    return await _held(connection, "SELECT h.template AS code, h.customer_id FROM coupon h", forecast_id)


async def _benefits_held(connection: Connection, forecast_id: int) -> Held:
    statement = "SELECT h.benefit AS code, h.customer_id FROM benefit_grant h WHERE h.state <> 'failed'"
    return await _held(connection, statement, forecast_id)


async def _held(connection: Connection, statement: str, forecast_id: int) -> Held:
    rows = await connection.fetch(
        f"""SELECT code, customer_id, count(*) FROM ({statement}) AS held WHERE customer_id IN (
              SELECT customer_id FROM forecast_claim WHERE forecast_id = $1 AND completed_at IS NOT NULL)
            GROUP BY code, customer_id""",
        forecast_id,
    )
    return {(row[0], row[1]): row[2] for row in rows}
