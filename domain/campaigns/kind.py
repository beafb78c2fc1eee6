"""Campaigns as a kind of configuration; a version that goes live sets its ceilings, or is refused."""

import msgspec

from domain import audiences
from domain.approvals import Kind, Version
from domain.campaigns import rules
from domain.campaigns.definition import BudgetDefinition, CampaignDefinition, Trial
from domain.campaigns.queries import KIND
from domain.campaigns.white_list import MOST_LISTED, unknown_of, white_list
from domain.operators import OperatorIdentity
from kit import clock
from kit.database import Connection
from kit.errors import Fault, RuleViolated


async def check(code: str, definition: CampaignDefinition) -> None:
    """Raises `RuleViolated` (`campaign.impossible`) with the path of each fault."""
    window = definition.window
    faults = list(rules.budget_faults(definition.budget)) if definition.budget else []
    if window.from_ and window.until and window.from_ >= window.until:
        faults.append(Fault("window.until", "campaign.dates", "must lie after window.from"))
    faults += await audiences.reach_faults("", definition.audience, None)
    if definition.trial is not None:
        faults += await _trial_faults(code, definition.trial)
    if faults:
        raise RuleViolated("campaign.impossible", "活动设置有误，请按所列路径修改", faults)


async def _trial_faults(code: str, trial: Trial) -> list[Fault]:
    files, customers = await unknown_of(trial)
    faults = [
        Fault(f"trial.audience_files[{place}]", "campaign.unknown_reference", "there is no such import")
        for place in files
    ]
    faults += [
        Fault(f"trial.customers[{place}]", "campaign.unknown_reference", "there is no such customer")
        for place in customers
    ]
    faults += await audiences.reach_faults("trial.", trial.audience, None)
    if not faults:
        named = len((await white_list(code, trial)).named)
        if named > MOST_LISTED or not (named or trial.audience):
            faults.append(
                Fault("trial", "campaign.trial_size", f"an audience or 1 to {MOST_LISTED} customers, not {named}")
            )
    return faults


async def went_live(connection: Connection, version: Version) -> None:
    """Set the ceilings to what the version says, compare-and-set: under the budget's lock, never below what is reserved
    and committed. Raises `RuleViolated` (`campaign.budget_below_spent`, `campaign.budget_kept`) and changes nothing.
    """
    budget = msgspec.convert(version.body, CampaignDefinition).budget
    if budget is None:
        if await connection.fetchval("SELECT true FROM budget WHERE campaign = $1", version.code):
            fault = Fault("budget", "campaign.budget_kept", "a campaign that has had a budget keeps one")
            raise RuleViolated(fault.code, "已有预算的活动不能取消预算", [fault])
        return
    await connection.execute(
        """INSERT INTO budget (campaign, warn_at, since) VALUES ($1, $2, $3)
           ON CONFLICT (campaign) DO UPDATE SET warn_at = excluded.warn_at""",
        version.code,
        budget.warn_at,
        clock.now(),
    )
    used = await connection.fetch(
        "SELECT branch, reserved_fen + committed_fen FROM budget_pot WHERE campaign = $1", version.code
    )
    today = await connection.fetch(
        """SELECT branch, max(reserved_fen + committed_fen) FROM budget_day WHERE campaign = $1 AND day >= $2
           GROUP BY branch""",
        version.code,
        clock.today(),
    )
    faults = list(rules.spent_faults(budget, {row[0]: row[1] for row in used}, {row[0]: row[1] for row in today}))
    if faults:
        raise RuleViolated("campaign.budget_below_spent", "预算不能低于已占用和已使用的金额", faults)
    await _set_ceilings(connection, version.code, budget)


async def _set_ceilings(connection: Connection, campaign: str, budget: BudgetDefinition) -> None:
    """A share nothing was spent of may go; the ceilings of days that are over stay as they were."""
    ceilings = rules.ceilings(budget)
    await connection.execute(
        """WITH wanted AS (SELECT * FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS t (branch, ceiling, daily)),
           gone AS (DELETE FROM budget_pot WHERE campaign = $1 AND branch NOT IN (SELECT branch FROM wanted)),
           days AS (
             UPDATE budget_day d SET ceiling_fen = w.daily FROM wanted w
             WHERE d.campaign = $1 AND d.branch = w.branch AND d.day >= $5)
           INSERT INTO budget_pot (campaign, branch, ceiling_fen, daily_fen, reserved_fen, committed_fen)
           SELECT $1, branch, ceiling, daily, 0, 0 FROM wanted
           ON CONFLICT (campaign, branch) DO UPDATE SET ceiling_fen = excluded.ceiling_fen,
                                                        daily_fen = excluded.daily_fen""",
        campaign,
        list(ceilings),
        [ceiling for ceiling, _ in ceilings.values()],
        [daily for _, daily in ceilings.values()],
        clock.today(),
    )


def most_it_costs(definition: CampaignDefinition) -> int:
    """Its budget; without one what belongs to it is judged by itself."""
    return definition.budget.total_fen if definition.budget else 0


async def may_write(operator: OperatorIdentity, definition: CampaignDefinition) -> None:
    """Raises `RuleViolated` (`audience.foreign`)."""
    listed = definition.trial.audience if definition.trial else None
    await audiences.check_may_name(operator, [("audience", definition.audience), ("trial.audience", listed)])


CAMPAIGNS = Kind(KIND, CampaignDefinition, check, went_live, most_it_costs, may_write=may_write)
