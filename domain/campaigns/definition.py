"""A campaign and its budget as operators write them."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]
Branch = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}\Z")]
Amount = Annotated[int, Meta(ge=1, le=10**15)]
FileId = Annotated[str, Meta(pattern=r"^[0-9]{1,18}\Z")]
CustomerNo = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,32}\Z")]
Instant = Annotated[datetime, Meta(tz=True)]


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the campaign runs (`until` not included). It bounds what may still be planned under it, not the budget: what
    was earned in time is paid after the end too.
    """

    from_: Instant | None = msgspec.field(default=None, name="from")
    until: Instant | None = None


class BudgetDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the campaign may cost, in fen. `branches` gives shares of `total_fen` away: customers of these branches
    spend their branch's share and nothing else, all others spend the rest, which head office keeps. `daily_fen` bounds
    each business day of the whole campaign, `branch_daily_fen` each day of a share. Operators are warned when
    `warn_at` percent of a ceiling are used.
    """

    total_fen: Amount
    daily_fen: Amount | None = None
    branches: dict[Branch, Amount] = {}
    branch_daily_fen: dict[Branch, Amount] = {}
    warn_at: Annotated[int, Meta(ge=1, le=100)] = 80

    @property
    def kept_fen(self) -> int:
        """What head office keeps for customers of branches without a share."""
        return self.total_fen - sum(self.branches.values())


class Trial(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The white list a campaign is open to first: customers of audience files that were taken in, single ones, and an
    audience. Files of kind `white_list` put customers on it and strike them off it without a new version.
    """

    audience_files: Annotated[list[FileId], Meta(max_length=20)] = []
    customers: Annotated[list[CustomerNo], Meta(max_length=1_000)] = []
    audience: Code | None = None


class CampaignDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document behind `PUT /admin/v1/campaigns/{code}`. Without a budget what it costs is not counted; with a trial
    only its white list sees and gets what belongs to it, until a version without one is approved. With an `audience`
    only those who are in it do, of the white list too.
    """

    name: Name
    type: Literal["wake_up", "credit", "use"]
    rules: Annotated[str, Meta(max_length=4000)] = ""
    window: Window = Window()
    budget: BudgetDefinition | None = None
    audience: Code | None = None
    trial: Trial | None = None
