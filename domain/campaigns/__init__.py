"""Campaigns and their budgets: costs are reserved, committed and released, and no ceiling is ever exceeded."""

from domain.campaigns.budget import BudgetReport, Day, Pot, budget
from domain.campaigns.commit import commit
from domain.campaigns.cost import Cost
from domain.campaigns.definition import BudgetDefinition, CampaignDefinition, Trial
from domain.campaigns.kind import CAMPAIGNS
from domain.campaigns.lock import lock
from domain.campaigns.purse import Purse, open_purse
from domain.campaigns.queries import campaign_exists
from domain.campaigns.release import release
from domain.campaigns.reserve import reserve
from domain.campaigns.spend_set import SetSpent, spend_set
from domain.campaigns.trials import size_of, trials
from domain.campaigns.warnings import Low, LowWarning, note_low, warnings
from domain.campaigns.watch import watch

__all__ = [
    "CAMPAIGNS",
    "BudgetDefinition",
    "BudgetReport",
    "CampaignDefinition",
    "Cost",
    "Day",
    "Low",
    "LowWarning",
    "Pot",
    "Purse",
    "SetSpent",
    "Trial",
    "budget",
    "campaign_exists",
    "commit",
    "lock",
    "note_low",
    "open_purse",
    "release",
    "reserve",
    "size_of",
    "spend_set",
    "trials",
    "warnings",
    "watch",
]
