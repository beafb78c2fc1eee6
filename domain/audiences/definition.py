"""An audience as operators write it."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from kit.http.types import Code

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Word = Annotated[str, Meta(min_length=1, max_length=64)]
Words = Annotated[list[Word], Meta(min_length=1, max_length=10_000)]
Number = Annotated[int, Meta(ge=-(10**15), le=10**15)]
Field = Literal["stage", "card_product", "branch", "customer_no", "level", "billing_day"]


class RuleNode(msgspec.Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """Either a group or one condition. Groups: `all`, `any`, `not` (one or several, none of which may hold).

    Conditions: a `field` of the customer that is `in` or `not_in` a list, or a number `at_least`, `at_most`; a `tag`
    that `is`, is `in`, is `at_least`, `at_most`, `exists`; a `status` that was last told as `is`; what the customer
    `did` (`purchase`, `app_login`, `custom.<name>`) `at_least` so many times (1) in the last `days` (ever), within
    `where`, which is that of a task's condition. Transactions that were taken back wholly do not count.
    """

    all: list["RuleNode"] | None = None
    any: list["RuleNode"] | None = None
    not_: "RuleNode | list[RuleNode] | None" = msgspec.field(default=None, name="not")
    field: Field | None = None
    tag: Annotated[str, Meta(min_length=1, max_length=32)] | None = None
    status: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    did: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    is_: bool | int | Annotated[str, Meta(max_length=64)] | None = msgspec.field(default=None, name="is")
    in_: Words | None = msgspec.field(default=None, name="in")
    not_in: Words | None = None
    at_least: Number | None = None
    at_most: Number | None = None
    exists: bool | None = None
    where: dict[str, dict[str, Any]] | None = None
    days: Annotated[int, Meta(ge=1, le=3_660)] | None = None


class Combination(msgspec.Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """Exactly one of: members of `all`, of `any`, of none (`not`) of these audiences and combinations."""

    all: "list[Code | Combination] | None" = None
    any: "list[Code | Combination] | None" = None
    not_: "list[Code | Combination] | Code | Combination | None" = msgspec.field(default=None, name="not")


class FileSource(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Members come in files of the kind `audience_members`."""


class Daily(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """At this hour of the business day, and when it goes live."""

    daily_at: Annotated[int, Meta(ge=0, le=23)]


class AudienceDefinition(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The document behind `PUT /admin/v1/audiences/{code}`: exactly one of `rule`, `file`, `combination` and `sql`.

    A branch's audience has customers of that branch and those below it only. With `refresh` `once` its members are
    worked out when it goes live, and those of a file after each of its imports too.
    """

    name: Name
    description: Annotated[str, Meta(max_length=500)] = ""
    department: Annotated[str, Meta(max_length=64)] = ""
    rule: RuleNode | None = None
    file: FileSource | None = None
    combination: Combination | None = None
    sql: Annotated[str, Meta(min_length=1, max_length=10_000)] | None = None
    refresh: Literal["once"] | Daily = Daily(3)
