"""A rule as one statement over all customers; every value is a parameter."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from domain import tags
from domain.audiences.rule import Did, Group, OfField, OfStatus, OfTag, Tree
from domain.events.event import MONEY_IN
from domain.tags.parameters import Parameters
from domain.tags.scope_sql import scope_sql
from domain.tags.transactions_sql import taking
from kit import clock

_COLUMNS = {
    "stage": "c.stage",
    "card_product": "c.card_product",
    "branch": "c.branch",
    "customer_no": "c.customer_no",
    "billing_day": "c.billing_day",
    # Whoever never had an entry stands on the lowest level.
    "level": "coalesce(x.rank, 0)",
}
_TAKEN_BACK = f"""WITH {taking("0", "9223372036854775807")}
    SELECT original_id, sum(worth) AS fen FROM worth GROUP BY original_id"""
_PLACE = re.compile(r"\$([0-9]+)")
CARDHOLDER = "c.customer_no IS NOT NULL AND c.erased_at IS NULL"


class _Query:
    """One condition after the other; those about more than the customer's own row are joined as sets, so that any
    number of them is one pass, and a set larger than memory a hash join that spills.
    """

    def __init__(self, values: Parameters, now: datetime) -> None:
        self.values = values
        self.now = now
        self.joins: list[str] = []

    def test(self, tree: Tree) -> str:
        """The condition on a customer `c`; never null."""
        if isinstance(tree, Group):
            inside = [self.test(child) for child in tree.children]
            joined = f"({(' AND ' if tree.kind == 'all' else ' OR ').join(inside)})"
            return f"NOT {joined}" if tree.kind == "not_" else joined
        if isinstance(tree, OfField):
            return self._field(tree)
        if isinstance(tree, OfTag):
            sql, values = tags.matching(tree.test)
            return self._among(self._adopted(sql, values))
        if isinstance(tree, OfStatus):
            return self._among(self._told(tree))
        return self._among(self._did(tree))

    def _among(self, query: str) -> str:
        name = f"s{len(self.joins)}"
        self.joins.append(f"LEFT JOIN ({query}) AS {name} ON {name}.customer_id = c.id")
        return f"({name}.customer_id IS NOT NULL)"

    def _adopted(self, sql: str, values: Sequence[Any]) -> str:
        """A query with parameters of its own, which now stand behind those there are."""
        offset = len(self.values)
        self.values.extend(values)
        return _PLACE.sub(lambda found: f"${int(found[1]) + offset}", sql)

    def _field(self, leaf: OfField) -> str:
        column = _COLUMNS[leaf.field]
        if leaf.in_ is not None:
            return f"coalesce({column} = ANY({self.values.at(list(leaf.in_), 'text[]')}), false)"
        if leaf.not_in is not None:
            return f"coalesce({column} <> ALL({self.values.at(list(leaf.not_in), 'text[]')}), true)"
        tests = []
        if leaf.at_least is not None:
            tests.append(f"{column} >= {self.values.at(leaf.at_least, 'bigint')}")
        if leaf.at_most is not None:
            tests.append(f"{column} <= {self.values.at(leaf.at_most, 'bigint')}")
        return f"coalesce({' AND '.join(tests)}, false)"

    def _told(self, leaf: OfStatus) -> str:
        name = self.values.at(leaf.name, "text")
        now = self.values.at(self.now, "timestamptz")
        value = self.values.at(msgspec.json.encode(leaf.value).decode(), "text")
        return f"""SELECT customer_id FROM (
            SELECT DISTINCT ON (customer_id) customer_id, attributes -> 'value' AS value FROM event
            WHERE type = 'status' AND attributes ->> 'name' = {name} AND occurred_at <= {now}
            ORDER BY customer_id, occurred_at DESC, event_id DESC) AS told WHERE value = {value}::jsonb"""

    def _did(self, leaf: Did) -> str:
        tests = [
            f"e.type = {self.values.at(leaf.type, 'text')}",
            f"e.occurred_at <= {self.values.at(self.now, 'timestamptz')}",
        ]
        if leaf.days is not None:
            begins = clock.start_of_day(clock.business_day(self.now) - timedelta(days=leaf.days - 1))
            tests.append(f"e.occurred_at >= {self.values.at(begins, 'timestamptz')}")
        join, net = "", "e.amount_fen"
        if leaf.type in MONEY_IN:
            join = f"LEFT JOIN ({_TAKEN_BACK}) AS back ON back.original_id = e.id"
            net = "(e.amount_fen - coalesce(back.fen, 0))"
            tests.append(f"{net} > 0")
        tests.append(scope_sql(leaf.where, "e", net, self.values))
        times = self.values.at(leaf.at_least, "bigint")
        return f"""SELECT e.customer_id FROM event e {join} WHERE {" AND ".join(tests)}
            GROUP BY e.customer_id HAVING count(*) >= {times}"""


def members_sql(tree: Tree, within: list[str] | None, now: datetime) -> tuple[str, list[Any]]:
    """A query with the column `id`: the cardholders of these branches (None: all) a rule holds for at `now`."""
    values = Parameters()
    query = _Query(values, now)
    test = query.test(tree)
    branches = values.at(within, "text[]")
    sql = f"""SELECT c.id FROM customer c LEFT JOIN experience_account x ON x.customer_id = c.id {" ".join(query.joins)}
        WHERE {CARDHOLDER} AND ({branches} IS NULL OR c.branch = ANY({branches})) AND {test}"""
    return sql, values
