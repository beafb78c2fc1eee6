"""Entries of the lists, as operators write and see them."""

from datetime import datetime
from ipaddress import ip_address
from typing import Annotated

import msgspec
from msgspec import Meta

from domain import customers
from domain.operators import OperatorIdentity
from domain.risk.lists import ListName, SubjectKind
from domain.risk.subjects import digest
from kit import clock, database
from kit.database import Connection, Record
from kit.errors import Fault, Forbidden, NotFound, RuleViolated
from kit.masking import mask_name_of_channel

Subject = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z", description="A digest, as decisions show it")]


class NewEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to put on a list until when, and why: a `value` (a customer's number, a device id, an address, an openid),
    or of what is no customer the `subject` a decision shows.
    """

    list: ListName
    kind: SubjectKind
    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    until: Annotated[datetime, Meta(tz=True)]
    value: Annotated[str, Meta(min_length=1, max_length=128)] | None = None
    subject: Subject | None = None


class Entry(msgspec.Struct, frozen=True):
    """A subject on a list; `label` is what may be seen of it, of a customer the number."""

    id: int
    list: ListName
    kind: SubjectKind
    subject: str
    label: str
    reason: str
    until: datetime
    operator_id: int
    created_at: datetime


class Named(msgspec.Struct, frozen=True):
    """Who an entry is about."""

    kind: SubjectKind
    subject: str
    label: str
    customer_id: int | None = None


_SELECT = """SELECT e.id, e.list, e.kind, e.subject, coalesce(c.customer_no, e.label) AS label, e.reason, e.until,
                    e.operator_id, e.created_at
             FROM risk_list_entry e LEFT JOIN customer c ON c.id = e.customer_id"""


def named_subject(kind: SubjectKind, value: str, customer_id: int | None = None) -> Named | Fault:
    """The subject behind what an operator wrote; of a customer the id was looked up. Or what would be right."""
    if kind == "customer":
        return Named(kind, digest(kind, str(customer_id)), "", customer_id)
    if kind == "ip":
        try:
            address = str(ip_address(value))
        except ValueError:
            return Fault("value", "risk_list.no_address", "an IPv4 or IPv6 address")
        return Named(kind, digest(kind, address), mask_name_of_channel(address))
    return Named(kind, digest(kind, value), mask_name_of_channel(value))


async def named(new: NewEntry) -> Named:
    """Who a new entry is about. Raises `RuleViolated` (`risk_list.impossible`), `NotFound` (`customer.not_found`)."""
    fault: Fault | None = None
    if (new.value is None) == (new.subject is None) or (new.kind == "customer" and new.value is None):
        fault = Fault("value", "risk_list.who", "a value, or of what is no customer a subject in its place")
    elif new.until <= clock.now():
        fault = Fault("until", "risk_list.over", "must lie ahead")
    elif new.subject is not None:
        return Named(new.kind, new.subject, f"{new.subject[:8]}…")
    else:
        value = new.value or ""
        customer_id = await customers.id_of(value) if new.kind == "customer" else None
        found = named_subject(new.kind, value, customer_id)
        if isinstance(found, Named):
            return found
        fault = found
    raise RuleViolated("risk_list.impossible", "名单内容有误，请按所列路径修改", [fault])


async def entries(
    *, name: ListName | None = None, kind: SubjectKind | None = None, before: int | None = None, limit: int = 20
) -> list[Entry]:
    """Those that hold, newest first, from below the id `before`."""
    rows = await database.fetch(
        f"""{_SELECT} WHERE e.until > $1 AND ($2::text IS NULL OR e.list = $2) AND ($3::text IS NULL OR e.kind = $3)
              AND ($4::bigint IS NULL OR e.id < $4) ORDER BY e.id DESC LIMIT $5""",
        clock.now(),
        name,
        kind,
        before,
        limit,
    )
    return [entry_of(row) for row in rows]


async def entry(connection: Connection, entry_id: int) -> Entry:
    """One, held until the transaction ends. Raises `NotFound` (`risk_list.not_found`)."""
    row = await connection.fetchrow(f"{_SELECT} WHERE e.id = $1 FOR UPDATE OF e", entry_id)
    if row is None:
        raise NotFound("risk_list.not_found", "名单中没有这一条")
    return entry_of(row)


def entry_of(row: Record) -> Entry:
    """The entry in a row."""
    return Entry(**row)


def check_head_office(operator: OperatorIdentity) -> None:
    """Lists are the whole house's. Raises `Forbidden` (`operator.head_office_only`)."""
    if operator.within is not None:
        raise Forbidden("operator.head_office_only", "此功能仅供总行使用")
