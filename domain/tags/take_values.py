"""Values many customers have, from a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from domain import customers
from domain.tags.catalogue import catalogue
from domain.tags.definition import TagDefinition, Value
from kit import clock
from kit.database import Connection
from kit.errors import Fault

_FLAGS = {"true": True, "1": True, "是": True, "false": False, "0": False, "否": False}
_LARGEST = 10**15


class ValueTold(msgspec.Struct, frozen=True):
    """What a row says: this value, or with `remove` that the customer does not have the tag."""

    customer_no: str
    value: str | None = None
    remove: bool = False


@dataclass
class Taken:
    """`changed` rows said something new; `faults` are by the place of the row."""

    changed: int = 0
    faults: dict[int, Fault] = field(default_factory=dict)


async def take_values(
    connection: Connection, code: str, told: Sequence[ValueTold], within: Sequence[str] | None
) -> Taken:
    """Set or remove the tag of these customers in the caller's transaction; of several rows of one customer the last
    good one counts. What is told again is as of now. Only customers of the branches `within` (None: all) are touched.

    Locks the tag, then the customers, by id.
    """
    await catalogue.refresh()
    tag = catalogue.live.get(code)
    if tag is None or tag.definition.source.imported is None:
        gone = Fault("", "tag.not_live", f"there is no live imported tag {code!r} any more")
        return Taken(0, dict.fromkeys(range(len(told)), gone))
    await connection.execute(
        "INSERT INTO tag_state (tag, told_at) VALUES ($1, $2) ON CONFLICT (tag) DO UPDATE SET told_at = $2",
        code,
        clock.now(),
    )
    taken = Taken()
    values: dict[int, Value | None] = {}
    for place, one in enumerate(told):
        read = _read(tag.definition, one)
        if isinstance(read, Fault):
            taken.faults[place] = read
        else:
            values[place] = read[0]
    ids = await _known(connection, {told[place].customer_no for place in values}, within)
    for place in list(values):
        if told[place].customer_no not in ids:
            taken.faults[place] = Fault("customer_no", "customer.not_found", "a customer we know, of the file's branch")
            del values[place]
    taken.changed = await _store(connection, code, {ids[told[place].customer_no]: one for place, one in values.items()})
    return taken


def _read(definition: TagDefinition, told: ValueTold) -> tuple[Value | None] | Fault:
    if told.remove:
        return Fault("value", "tag.unclear_row", "either a value or remove") if told.value else (None,)
    if told.value is None:
        return Fault("value", "row.missing", "a value, or true in the column remove")
    if definition.type == "text":
        if told.value in definition.values:
            return (told.value,)
        return Fault("value", "tag.unknown_value", f"one of {', '.join(definition.values)}")
    if definition.type == "flag":
        flag = _FLAGS.get(told.value.lower())
        return (flag,) if flag is not None else Fault("value", "row.invalid", "true or false")
    number = _number(told.value)
    return (number,) if number is not None else Fault("value", "row.invalid", f"a whole number up to {_LARGEST}")


def _number(text: str) -> int | None:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 16) or int(digits) > _LARGEST:
        return None
    return int(text)


async def _known(connection: Connection, numbers: set[str], within: Sequence[str] | None) -> dict[str, int]:
    """Ids by number, locked; of customers of these branches."""
    wanted = sorted(numbers)
    rows = await connection.fetch("SELECT id FROM customer WHERE customer_no = ANY($1::text[])", wanted)
    await customers.lock(connection, [row["id"] for row in rows])
    known = await connection.fetch(
        """SELECT customer_no, id FROM customer WHERE customer_no = ANY($1::text[]) AND erased_at IS NULL
             AND ($2::text[] IS NULL OR branch = ANY($2))""",
        wanted,
        None if within is None else list(within),
    )
    return {row["customer_no"]: row["id"] for row in known}


async def _store(connection: Connection, code: str, values: Mapping[int, Value | None]) -> int:
    """How many have another value, or none, than before."""
    given = {customer_id: value for customer_id, value in values.items() if value is not None}
    removed = await connection.fetch(
        "DELETE FROM tag_value WHERE tag = $1 AND customer_id = ANY($2::bigint[]) RETURNING 1",
        code,
        [customer_id for customer_id in values if customer_id not in given],
    )
    told = list(given.values())
    changed = await connection.fetchval(
        """WITH told AS (
             SELECT * FROM unnest($2::bigint[], $3::boolean[], $4::bigint[], $5::text[])
               AS t (customer_id, flag, number, text)),
           same AS (
             SELECT t.customer_id FROM told t JOIN tag_value v ON v.tag = $1 AND v.customer_id = t.customer_id
             WHERE (v.flag, v.number, v.text) IS NOT DISTINCT FROM (t.flag, t.number, t.text)),
           put AS (
             INSERT INTO tag_value (tag, customer_id, flag, number, text, as_of)
             SELECT $1, customer_id, flag, number, text, $6 FROM told
             ON CONFLICT (tag, customer_id) DO UPDATE
               SET flag = excluded.flag, number = excluded.number, text = excluded.text, as_of = excluded.as_of)
           SELECT (SELECT count(*) FROM told) - (SELECT count(*) FROM same)""",
        code,
        list(given),
        [value if isinstance(value, bool) else None for value in told],
        [value if isinstance(value, int) and not isinstance(value, bool) else None for value in told],
        [value if isinstance(value, str) else None for value in told],
        clock.now(),
    )
    return len(removed) + int(changed)
