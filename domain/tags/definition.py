"""A tag as operators write it, and a test of one as audiences, journeys and pools write it."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Value = bool | int | str
Type = Literal["flag", "number", "text"]
TagCode = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}\Z")]
Name = Annotated[str, Meta(min_length=1, max_length=64)]
Text = Annotated[str, Meta(min_length=1, max_length=64)]
Number = Annotated[int, Meta(ge=-(10**15), le=10**15)]
StatusName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+\Z", max_length=64)]
Field = Literal["stage", "card_product", "branch", "level", "billing_day"]
TESTS = ("is_", "in_", "at_least", "at_most", "exists")


class TagTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a tag must be, as in `{"tag": "high_value", "is": true}`; exactly one of `is`, `in`, `at_least`, `at_most`,
    `exists`. A flag nobody raised is false; numbers and texts a customer does not have fit no test but `exists`.
    """

    tag: TagCode
    is_: bool | Text | None = msgspec.field(default=None, name="is")
    in_: Annotated[list[Text], Meta(min_length=1, max_length=500)] | None = msgspec.field(default=None, name="in")
    at_least: Number | None = None
    at_most: Number | None = None
    exists: bool | None = None

    def __post_init__(self) -> None:
        if sum(getattr(self, name) is not None for name in TESTS) != 1:
            raise ValueError('exactly one of "is", "in", "at_least", "at_most", "exists"')


class Expression(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Either a group (`all`, `any`, or `not` of one) or a test of one tag, written as a `TagTest` is."""

    all: list["Expression"] | None = None
    any: list["Expression"] | None = None
    not_: "Expression | None" = msgspec.field(default=None, name="not")
    tag: TagCode | None = None
    is_: bool | Text | None = msgspec.field(default=None, name="is")
    in_: Annotated[list[Text], Meta(min_length=1, max_length=500)] | None = msgspec.field(default=None, name="in")
    at_least: Number | None = None
    at_most: Number | None = None
    exists: bool | None = None

    def test(self) -> TagTest:
        """The test of a node that is one. Raises `ValueError` where not exactly one is asked for."""
        return TagTest(self.tag or "", **{name: getattr(self, name) for name in TESTS})


class Transactions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A sum or count over transactions of the last `days` business days, the present one included; net of refunds.

    `item` and `where` are those of a cumulative condition of a task.
    """

    item: Annotated[str, Meta(max_length=64)]
    days: Annotated[int, Meta(ge=1, le=366)]
    where: dict[str, dict[str, Any]] = {}


class Imported(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values come by files of the import kind `tags`."""


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where values come from: exactly one of these. `status` is what was last told of a status; `expression` makes a
    composite flag of other tags.
    """

    field: Field | None = None
    status: StatusName | None = None
    transactions: Transactions | None = None
    imported: Imported | None = None
    expression: Expression | None = None

    @property
    def kind(self) -> str:
        """The name of the one that is given; empty where it is not one."""
        given = [name for name in self.__struct_fields__ if getattr(self, name) is not None]
        return given[0] if len(given) == 1 else ""


class Classification(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the tag stands in the catalogue: 消费行为 › 消费能力."""

    first: Name
    second: Name


class AtHour(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every day from this hour on, in Shanghai."""

    at_hour: Annotated[int, Meta(ge=0, le=23)]


class TagDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The document behind `PUT /admin/v1/tags/{code}`.

    `values` are those a text may have; anything else is as if it were not there. `refresh` `daily` is every day from
    two o'clock on. Imported values are dropped `fresh_for_days` after they were last told.
    """

    name: Name
    department: Name
    classification: Classification
    type: Type
    source: Source
    values: Annotated[list[Text], Meta(max_length=500)] = []
    refresh: Literal["daily"] | AtHour = "daily"
    fresh_for_days: Annotated[int, Meta(ge=1, le=3660)] | None = None
    note: Annotated[str, Meta(max_length=500)] = ""

    @property
    def hour(self) -> int:
        """From which hour of the day on it is computed."""
        return self.refresh.at_hour if isinstance(self.refresh, AtHour) else DAILY_HOUR


DAILY_HOUR = 2
