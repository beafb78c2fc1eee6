"""What the values of a set of customers should be, as SQL, for every source of a tag."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.tags.catalogue import Tag
from domain.tags.definition import Expression
from domain.tags.matching import row_test
from domain.tags.parameters import Parameters
from domain.tags.transactions_sql import transactions_sql

_FIELDS = {"level": "coalesce(a.rank, 0)", "billing_day": "c.billing_day"}
_TOLD = {
    "flag": "CASE WHEN jsonb_typeof(e.value) = 'boolean' THEN e.value::boolean END",
    "number": """CASE WHEN jsonb_typeof(e.value) = 'number' AND abs(e.value::numeric) <= 10 ^ 15
                       AND e.value::numeric % 1 = 0 THEN e.value::bigint END""",
    "text": "CASE WHEN jsonb_typeof(e.value) = 'string' THEN e.value #>> '{}' END",
}


@dataclass(frozen=True)
class Set:
    """The customers whose ids lie above `after`, up to `upto`, of these branches only if named; as of a moment."""

    after: int
    upto: int
    as_of: datetime
    within: Sequence[str] | None


def wanted(tag: Tag, customers: Set) -> tuple[str, Parameters]:
    """A query for `customer_id`, `flag`, `number`, `text` of everybody in the set who should have the tag, with its
    values; the first three are the tag and the bounds of the set.
    """
    values = Parameters([tag.code, customers.after, customers.upto])
    source, kind = tag.definition.source, tag.definition.type
    if source.transactions is not None:
        found = transactions_sql(source.transactions, "$2", "$3", customers.as_of, values)
        query = f"SELECT c.id, t.number AS value FROM person c JOIN ({found}) t ON t.customer_id = c.id"
    elif source.status is not None:
        query = _told(source.status, kind, values)
    elif source.expression is not None:
        query = f"SELECT c.id, true AS value FROM person c WHERE {_tree(source.expression, values)}"
    elif source.field is not None:
        column = _FIELDS.get(source.field, f"c.{source.field}")
        query = f"SELECT c.id, {column} AS value FROM person c LEFT JOIN experience_account a ON a.customer_id = c.id"
    else:
        query = _imported(tag, customers.as_of, values)
    columns = ", ".join(
        f"w.value AS {name}" if name == kind else f"NULL::{_SQL[name]} AS {name}" for name in ("flag", "number", "text")
    )
    permitted = f" AND w.value = ANY({values.at(tag.definition.values, 'text[]')})" if kind == "text" else ""
    return (
        f"""WITH person AS MATERIALIZED (
  SELECT c.id, c.stage, c.card_product, c.branch, c.billing_day FROM customer c
  WHERE c.id > $2 AND c.id <= $3 AND c.customer_no IS NOT NULL AND c.erased_at IS NULL
    AND ({values.at(_listed(customers.within), "text[]")} IS NULL OR c.branch = ANY(${len(values)})))
SELECT w.id AS customer_id, {columns} FROM ({query}) w WHERE w.value IS NOT NULL{permitted}""",
        values,
    )


_SQL = {"flag": "boolean", "number": "bigint", "text": "text"}


def _listed(within: Sequence[str] | None) -> list[str] | None:
    return None if within is None else list(within)


def _told(status: str, kind: str, values: Parameters) -> str:
    return f"""SELECT c.id, {_TOLD[kind]} AS value FROM person c CROSS JOIN LATERAL (
  SELECT e.attributes -> 'value' AS value FROM event e
  WHERE e.customer_id = c.id AND e.type = 'status' AND e.attributes ->> 'name' = {values.at(status, "text")}
  ORDER BY e.occurred_at DESC, e.event_id DESC LIMIT 1) e"""


def _imported(tag: Tag, as_of: datetime, values: Parameters) -> str:
    """What was told and has not grown old; what was told of a tag that ended meanwhile went with it."""
    days = tag.definition.fresh_for_days
    fresh = f" AND v.as_of > {values.at(as_of - timedelta(days=days), 'timestamptz')}" if days else ""
    return f"""SELECT c.id, v.{tag.definition.type} AS value FROM person c
JOIN tag_value v ON v.tag = $1 AND v.customer_id = c.id AND v.customer_id > $2 AND v.customer_id <= $3
WHERE v.as_of > coalesce((SELECT max(k.ended_at) FROM configuration k WHERE k.kind = 'tags' AND k.code = $1
                           AND k.state = 'ended' AND k.live_at IS NOT NULL), '-infinity'){fresh}"""


def _tree(node: Expression, values: Parameters) -> str:
    if node.not_ is not None:
        return f"NOT ({_tree(node.not_, values)})"
    for name, word in (("all", " AND "), ("any", " OR ")):
        children = getattr(node, name)
        if children is not None:
            return "(" + word.join(_tree(child, values) for child in children) + ")"
    test, fits = row_test(node.test(), "v", values)
    # The bounds say again what follows, so that no plan reads the values of everybody.
    of_set = "v.customer_id > $2 AND v.customer_id <= $3"
    exists = f"EXISTS (SELECT FROM tag_value v WHERE v.customer_id = c.id AND {of_set} AND {test})"
    return exists if fits else f"NOT {exists}"
