"""Operators' own queries: read, held against what is allowed, and written anew. What is not named here is refused.
Pure.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from kit import clock
from kit.errors import Fault

SCHEMA = "audience_sql"
TABLES: dict[str, tuple[str, ...]] = {
    "customers": ("customer_id", "customer_no", "stage", "card_product", "branch", "level", "billing_day", "since"),
    "events": (
        "customer_id",
        "type",
        "occurred_at",
        "amount_fen",
        "mcc",
        "merchant_id",
        "merchant_name",
        "channel",
        "card_product",
    ),
    "statuses": ("customer_id", "name", "value", "occurred_at"),
    "tags": ("customer_id", "tag", "flag", "number", "text", "as_of"),
}
"""The views a query may read, with their columns; those of the schema `audience_sql` and nothing else."""

FUNCTIONS = (
    exp.Count,
    exp.Sum,
    exp.Min,
    exp.Max,
    exp.Avg,
    exp.Coalesce,
    exp.Nullif,
    exp.Abs,
    exp.Round,
    exp.Greatest,
    exp.Least,
    exp.Lower,
    exp.Upper,
    exp.Length,
    exp.TimestampTrunc,
    exp.Extract,
    exp.CurrentDate,
    exp.CurrentTimestamp,
    exp.Cast,
    exp.Case,
    exp.If,
    exp.Exists,
    exp.And,
    exp.Or,
)
_GRAMMAR = (
    *(exp.Select, exp.Union, exp.Except, exp.Intersect, exp.Subquery, exp.With, exp.CTE, exp.From, exp.Join, exp.Where),
    *(exp.Group, exp.Having, exp.Order, exp.Ordered, exp.Limit, exp.Table, exp.TableAlias, exp.Alias, exp.Column),
    *(exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Star, exp.Distinct, exp.Filter, exp.Tuple, exp.Paren),
    *(exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Between, exp.Like, exp.ILike),
    *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.Interval, exp.Var, exp.DataType, exp.DataTypeParam),
)
_ALLOWED = frozenset({*FUNCTIONS, *_GRAMMAR})
_TYPES = frozenset(
    {
        exp.DType.BIGINT,
        exp.DType.BOOLEAN,
        exp.DType.DATE,
        exp.DType.DECIMAL,
        exp.DType.INT,
        exp.DType.INTERVAL,
        exp.DType.TEXT,
        exp.DType.TIMESTAMP,
        exp.DType.TIMESTAMPTZ,
        exp.DType.VARCHAR,
    }
)
_MOST_NODES = 2_000


def parsed(sql: str) -> tuple[exp.Query | None, list[Fault]]:
    """The query, or None and why it is refused."""
    try:
        statements = sqlglot.parse(sql, read="postgres")
    except (SqlglotError, RecursionError) as error:
        return None, [_fault("sql.unreadable", f"not readable as SQL: {str(error).splitlines()[0][:120]}")]
    if len(statements) != 1 or not isinstance(statements[0], (exp.Select, exp.SetOperation)):
        return None, [_fault("sql.not_a_query", "one SELECT, or several combined by UNION, INTERSECT, EXCEPT")]
    query = statements[0]
    if sum(1 for _ in query.walk()) > _MOST_NODES:
        return None, [_fault("sql.too_long", f"at most {_MOST_NODES} parts")]
    for name in query.find_all(exp.Identifier):
        if not name.args.get("quoted"):
            name.set("this", name.this.lower())
    faults = list(dict.fromkeys([*_strange(query), *_unknown(query), *_answer(query)]))
    return (None, faults) if faults else (query, [])


def rewritten(query: exp.Query, now: datetime) -> str:
    """The query as it is run: every name quoted, tables with their schema, `now()` and `current_date` those of our own
    clock, no comment.
    """
    views = query.copy()
    own = {one.alias for one in views.find_all(exp.CTE)}
    for table in list(views.find_all(exp.Table)):
        if table.name not in own:
            table.set("db", exp.to_identifier(SCHEMA))
    moment, day = now.isoformat(), clock.business_day(now).isoformat()
    for called in list(views.find_all(exp.CurrentTimestamp, exp.CurrentDate)):
        kind, text = ("DATE", day) if isinstance(called, exp.CurrentDate) else ("TIMESTAMPTZ", moment)
        called.replace(exp.cast(exp.Literal.string(text), kind))
    return views.sql(dialect="postgres", comments=False, identify=True)


def _strange(query: exp.Query) -> Iterator[Fault]:
    for node in query.walk():
        if type(node) not in _ALLOWED:
            shown = node.sql(dialect="postgres", comments=False)[:60]
            yield _fault("sql.not_allowed", f"{type(node).__name__} is not allowed: {shown}")
        elif isinstance(node, exp.With) and node.recursive:
            yield _fault("sql.not_allowed", "WITH RECURSIVE is not allowed")
        elif isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count):
            yield _fault("sql.not_allowed", "* is allowed in count(*) only: name the columns")
        elif isinstance(node, exp.DataType) and node.this not in _TYPES:
            yield _fault("sql.not_allowed", f"the type {node.sql(dialect='postgres')[:40]} is not allowed")


def _unknown(query: exp.Query) -> Iterator[Fault]:
    own = {one.alias for one in query.find_all(exp.CTE)}
    for name in own & TABLES.keys():
        yield _fault("sql.not_allowed", f"{name} is a table already: another name for the WITH")
    for table in query.find_all(exp.Table):
        if table.args.get("db") or table.args.get("catalog") or table.name not in own | TABLES.keys():
            yield _fault("sql.unknown_table", f"there is no {table.sql(dialect='postgres')[:60]}: {', '.join(TABLES)}")
    known = {column for columns in TABLES.values() for column in columns}
    known |= {one.alias for one in query.find_all(exp.Alias)}
    known |= {column.name for alias in query.find_all(exp.TableAlias) for column in alias.columns}
    for column in query.find_all(exp.Column):
        if column.args.get("db") or column.args.get("catalog") or column.name not in known:
            yield _fault("sql.unknown_column", f"there is no {column.sql(dialect='postgres')[:60]}")


def _answer(query: exp.Query) -> Iterator[Fault]:
    """Every part of what is combined answers one column, which is a customer's id."""
    for select in _selects(query):
        answered = [one.this if isinstance(one, exp.Alias) else one for one in select.expressions]
        named = [one.alias_or_name for one in select.expressions]
        if named != ["customer_id"] or not isinstance(answered[0], exp.Column):
            yield _fault("sql.answer", "SELECT exactly one column: customer_id")


def _selects(query: Any) -> Iterator[exp.Select]:
    if isinstance(query, exp.SetOperation):
        yield from _selects(query.this)
        yield from _selects(query.expression)
    elif isinstance(query, exp.Subquery):
        yield from _selects(query.this)
    elif isinstance(query, exp.Select):
        yield query


def _fault(code: str, detail: str) -> Fault:
    return Fault("sql", code, detail)
