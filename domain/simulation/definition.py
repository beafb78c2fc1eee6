"""What an operator asks to be forecast."""

import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class ForecastRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """Which version, and the recorded business days to play through it, both included. Of the customers who see a task
    they have to claim, `claim_share` do so: at the `start` of each cycle, or when the first thing happens that counts.
    Tasks that nobody has to claim are everybody's.
    """

    since: datetime.date
    until: datetime.date
    version: Literal["draft", "live"] = "draft"
    claim_share: Annotated[str, Meta(pattern=r"^(0(\.[0-9]{1,4})?|1(\.0{1,4})?)\Z", examples=["0.35"])] = "1"
    claim_on: Literal["start", "first_match"] = "start"
