"""What becomes of the rows of each kind of file."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from domain import audiences, benefits, campaigns, customers, events, operators, risk, tags
from domain.events.rules import fault_of
from domain.imports.file import ImportFile, KindName
from domain.imports.rows import CodeRow, CustomerRow, EventRow, ListRow, MemberRow, TagRow, WhiteListRow
from kit import clock
from kit.database import Connection
from kit.errors import Fault
from kit.masking import looks_like_pan

DUPLICATE = "row.duplicate"
"""Listed beside the faults, but none of them."""
_SOURCE = "import"
Numbered = Sequence[tuple[int, Any]]
"""Rows with their number in the file."""


@dataclass
class Outcome:
    """What became of a set; the rows are its sum. `repeats` says which rows the duplicates are, where a dry run
    knows.
    """

    accepted: int = 0
    duplicates: int = 0
    faults: dict[int, Fault] = field(default_factory=dict)
    repeats: dict[int, Fault] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportKind:
    """`prepare` runs before the transaction, `take` in it; a dry run rolls back what `take` did.
    `close` ends a file that is no dry run, in the transaction of its last set.
    """

    shape: type[Any]
    take: Callable[[Connection, ImportFile, Numbered], Awaitable[Outcome]]
    prepare: Callable[[ImportFile, Numbered], Awaitable[None]] | None = None
    close: Callable[[Connection, ImportFile], Awaitable[None]] | None = None


async def _take_customers(connection: Connection, file: ImportFile, rows: Numbered) -> Outcome:
    """A customer stands once in a set; of several rows the last one counts, the others are duplicates."""
    last = {row.customer_no: (number, row) for number, row in rows}
    within = await operators.customers_of(connection, file.branch)
    faults = {
        number: Fault("branch", "import.foreign_branch", f"customers of {file.branch} only")
        for number, row in last.values()
        if within is not None and (row.branch or file.branch) not in within
    }
    told = [
        customers.ProfileTold(*msgspec.structs.astuple(row if within is None else _of_branch(row, file.branch)))
        for number, row in last.values()
        if number not in faults
    ]
    taken = await customers.take_profiles(connection, told, within)
    for customer_no in taken.foreign:
        faults[last[customer_no][0]] = Fault("customer_no", "customer.not_found", f"a customer of {file.branch}")
    for customer_no in taken.erased:
        faults[last[customer_no][0]] = Fault("customer_no", "customer.erased", "a customer whose account is not erased")
    return Outcome(taken.changed, len(rows) - len(faults) - taken.changed, faults)


def _of_branch(row: CustomerRow, branch: str) -> CustomerRow:
    return msgspec.structs.replace(row, branch=row.branch or branch)


async def _take_codes(connection: Connection, file: ImportFile, rows: Numbered) -> Outcome:
    benefit, _, supplier = file.target.partition("/")
    done = await benefits.keep_codes(supplier, benefit, [row.code for _, row in rows])
    return Outcome(done.imported, done.duplicates)


async def _take_listed(connection: Connection, file: ImportFile, rows: Numbered) -> Outcome:
    """Of several rows of a customer the last one counts, the others are duplicates."""
    last: dict[str, tuple[int, WhiteListRow]] = {row.customer_no: (number, row) for number, row in rows}
    within = await operators.customers_of(connection, file.branch)
    ids = await customers.known_ids(connection, list(last), within)
    faults = {
        number: Fault("customer_no", "customer.not_found", _whose(within))
        for customer_no, (number, _) in last.items()
        if customer_no not in ids
    }
    wanted = {ids[one]: row.change == "add" for one, (_, row) in last.items() if one in ids}
    done = await campaigns.change_white_list(connection, file.target.partition("/")[0], wanted)
    numbers = {ids[one]: number for one, (number, _) in last.items() if one in ids}
    faults |= {
        numbers[one]: Fault("customer_no", "campaign.trial_size", f"at most {campaigns.MOST_LISTED} customers")
        for one in done.too_many
    }
    return Outcome(done.changed, len(rows) - len(faults) - done.changed, faults)


def _whose(within: Sequence[str] | None) -> str:
    return "a customer" if within is None else f"a customer of {', '.join(within)}"


async def _take_tags(connection: Connection, file: ImportFile, rows: Numbered) -> Outcome:
    """Of several rows of one customer the last one counts."""
    told = [tags.ValueTold(row.customer_no, row.value, row.remove) for _, row in rows]
    within = await operators.customers_of(connection, file.branch)
    taken = await tags.take_values(connection, file.target.partition("/")[0], told, within)
    faults = {rows[place][0]: fault for place, fault in taken.faults.items()}
    return Outcome(taken.changed, len(rows) - len(faults) - taken.changed, faults)


async def _take_members(connection: Connection, file: ImportFile, rows: Numbered) -> Outcome:
    """Of several rows of one customer the first one counts."""
    code, mode = _audience(file)
    first: dict[str, int] = {}
    for number, row in rows:
        first.setdefault(row.customer_no, number)
    taken = await audiences.take_members(connection, code, mode, file.id, list(first))
    detail = "a customer of the audience's branch"
    faults = {first[one]: Fault("customer_no", "customer.not_found", detail) for one in taken.unknown}
    return Outcome(taken.changed, len(rows) - len(faults) - taken.changed, faults)


async def _close_members(connection: Connection, file: ImportFile) -> None:
    await audiences.close_members(connection, *_audience(file), file.id)


def _audience(file: ImportFile) -> tuple[str, audiences.Mode]:
    code, mode, _ = file.target.split("/")
    return code, msgspec.convert(mode, audiences.Mode)


async def _know_customers(file: ImportFile, rows: Numbered) -> None:
    """Outside the transaction: the process remembers these ids, which a rollback would make wrong."""
    if not file.dry_run:
        await customers.ids_of([row.customer_no for _, row in rows])


async def _take_events(connection: Connection, file: ImportFile, rows: Numbered) -> Outcome:
    """A dry run checks the rows, says which of them are known already or stand twice in a set, and tells nobody."""
    told: list[tuple[int, events.Event]] = []
    faults: dict[int, Fault] = {}
    now = clock.now()
    for number, row in rows:
        found = _event(row)
        fault = found if isinstance(found, Fault) else fault_of(found, now)
        if fault is not None:
            faults[number] = fault
        elif isinstance(found, events.Event):
            told.append((number, found))
    if file.dry_run:
        repeats = await _repeats(connection, told)
        return Outcome(len(told) - len(repeats), len(repeats), faults, repeats)
    result = await events.ingest([event for _, event in told])
    faults |= {told[one.index][0]: Fault(one.path, one.code, one.detail) for one in result.rejected}
    return Outcome(result.accepted, result.duplicates, faults)


async def _repeats(connection: Connection, told: Sequence[tuple[int, events.Event]]) -> dict[int, Fault]:
    known = await events.known_ids(connection, _SOURCE, [event.event_id for _, event in told])
    found: dict[int, Fault] = {}
    for number, event in told:
        if event.event_id in known:
            found[number] = Fault("event_id", DUPLICATE, "an event that is not known yet")
        known.add(event.event_id)
    return found


async def _take_list(connection: Connection, file: ImportFile, rows: Numbered) -> Outcome:
    """Who stands on the list already gets the new reason and time; of several rows the last one counts."""
    wanted = {number: risk.ListRow(row.kind, row.value, row.reason, row.until) for number, row in rows}
    made_by = await connection.fetchval("SELECT made_by FROM import_file WHERE id = $1", file.id)
    taken = await risk.take_list(connection, file.target, made_by, wanted)
    return Outcome(taken.changed, len(rows) - taken.changed - len(taken.faults), taken.faults)


def _event(row: EventRow) -> events.Event | Fault:
    values = msgspec.structs.asdict(row)
    try:
        attributes = msgspec.json.decode(row.attributes, type=dict[str, Any]) if row.attributes else None
    except (msgspec.DecodeError, RecursionError):
        return Fault("attributes", "row.invalid", 'a JSON object, as in {"name": "card.activated", "value": true}')
    if "\\u0000" in (row.attributes or ""):
        return Fault("attributes", "row.invalid", "text without U+0000")
    for value in (attributes or {}).values():
        if isinstance(value, str) and looks_like_pan(value):
            return Fault("attributes", "event.full_card_number", "looks like a full card number; send a token")
    return events.Event(source=_SOURCE, **{**values, "attributes": attributes})


KINDS: dict[KindName, ImportKind] = {
    "customers": ImportKind(CustomerRow, _take_customers),
    "benefit_codes": ImportKind(CodeRow, _take_codes),
    "white_list": ImportKind(WhiteListRow, _take_listed),
    "events": ImportKind(EventRow, _take_events, _know_customers),
    "tags": ImportKind(TagRow, _take_tags),
    "audience_members": ImportKind(MemberRow, _take_members, close=_close_members),
    "risk_lists": ImportKind(ListRow, _take_list),
}
