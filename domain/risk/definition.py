"""The table of rules as operators write it; one struct for groups and signals, so that every fault has a path."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Action = Literal["claim", "coupon_claim", "exchange", "bind", "sign_in"]
Decision = Literal["allow", "limit", "challenge", "review", "deny"]
By = Literal["customer", "device", "ip", "network", "openid", "phone"]
Seconds = Annotated[int, Meta(ge=1, le=604_800)]
LONGEST_SECONDS = 604_800
"""A week: no longer are attempts kept."""


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Either a group (`all`, `any`, `not`) or one `signal` with what it takes:

    `account_age_days` (`at_least`, `at_most`); `attempts`, `customers` (`by`, `seconds`, `at_least`);
    `regular_timing` (`by`, `seconds`, `attempts`, `spread_ms`); `known` (`by`); `watched`; `channel` (`in`).
    """

    all: list["When"] | None = None
    any: list["When"] | None = None
    not_: "When | None" = msgspec.field(default=None, name="not")
    signal: Annotated[str, Meta(max_length=32)] | None = None
    by: By | None = None
    seconds: Seconds | None = None
    at_least: int | None = None
    at_most: int | None = None
    attempts: int | None = None
    spread_ms: int | None = None
    in_: Annotated[list[str], Meta(max_length=10)] | None = msgspec.field(default=None, name="in")


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Either a customer waits `delay_seconds` before each of the actions, or at most `at_most` of them go through for
    the same `by` within `seconds`.
    """

    delay_seconds: Annotated[int, Meta(ge=1, le=3_600)] | None = None
    at_most: Annotated[int, Meta(ge=1, le=1_000)] | None = None
    seconds: Seconds | None = None
    by: By | None = None


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line of the table. With `shadow` it is written down whom it would have met, and nothing else. `limit` goes
    with the decision limit, `hours` with review: how long what an operator decided holds. `message` is what the
    customer reads in place of a neutral one.
    """

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    actions: Annotated[list[Action], Meta(min_length=1, max_length=5)]
    when: When
    decision: Decision
    shadow: bool = False
    limit: Limit | None = None
    hours: Annotated[int, Meta(ge=1, le=720)] | None = None
    message: Annotated[str, Meta(min_length=1, max_length=100)] | None = None


class RiskRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document behind `PUT /admin/v1/risk-rules/default`: the first rule that fits an attempt decides it."""

    rules: Annotated[list[Rule], Meta(min_length=1, max_length=100)]
    name: Annotated[str, Meta(min_length=1, max_length=64)] = "风控规则"
