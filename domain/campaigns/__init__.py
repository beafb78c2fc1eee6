"""Campaigns and their budgets: costs are reserved, committed and released, and no ceiling is ever exceeded."""

from domain.campaigns.admission import admission
from domain.campaigns.budget import BudgetReport, Day, Pot, budget
from domain.campaigns.change_white_list import ListChanged, change_white_list
from domain.campaigns.commit import commit
from domain.campaigns.cost import Cost
from domain.campaigns.definition import BudgetDefinition, CampaignDefinition, Trial
from domain.campaigns.kind import CAMPAIGNS
from domain.campaigns.lock import lock
from domain.campaigns.purse import Purse, open_purse
from domain.campaigns.queries import campaign_exists, campaign_of_list
from domain.campaigns.release import release
from domain.campaigns.reserve import reserve
from domain.campaigns.size_of import size_of
from domain.campaigns.spend_set import SetSpent, spend_set
from domain.campaigns.warnings import Low, LowWarning, note_low, warnings
from domain.campaigns.watch import watch
from domain.campaigns.white_list import MOST_LISTED

__all__ = [
    "CAMPAIGNS",
    "MOST_LISTED",
    "BudgetDefinition",
    "BudgetReport",
    "CampaignDefinition",
    "Cost",
    "Day",
    "ListChanged",
    "Low",
    "LowWarning",
    "Pot",
    "Purse",
    "SetSpent",
    "Trial",
    "admission",
    "budget",
    "campaign_exists",
    "campaign_of_list",
    "change_white_list",
    "commit",
    "lock",
    "note_low",
    "open_purse",
    "release",
    "reserve",
    "size_of",
    "spend_set",
    "warnings",
    "watch",
]
