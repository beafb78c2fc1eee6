"""A rule as SQL says of every customer what reading their record says."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.audiences.definition import RuleNode
from domain.audiences.ids import ids_of
from domain.audiences.rule import parse
from domain.audiences.rule_sql import members_sql
from kit import database as db
from tests.domain.audiences.population import MCCS, Person, holds, settle

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
SOME = st.sets(st.sampled_from(("base", "payer", "young", "gold", "SH", "BJ")), min_size=1).map(sorted)
SMALL = st.integers(0, 6)


def lists(*values: Any) -> st.SearchStrategy[dict[str, Any]]:
    some = st.sets(st.sampled_from(values), min_size=1).map(sorted)
    return st.one_of(st.builds(lambda one: {"in": one}, some), st.builds(lambda one: {"not_in": one}, some))


def bounds(low: int, high: int) -> st.SearchStrategy[dict[str, Any]]:
    number = st.integers(low, high)
    return st.one_of(
        st.builds(lambda n: {"at_least": n}, number),
        st.builds(lambda n: {"at_most": n}, number),
        st.builds(lambda a, b: {"at_least": min(a, b), "at_most": max(a, b)}, number, number),
    )


MONEY_WHERE = st.fixed_dictionaries(
    {},
    optional={
        "mcc": lists(*MCCS),
        "merchant_id": lists("M1", "M2"),
        "merchant": st.one_of(lists("M1", "Market"), st.just({"contains": "fuel"})),
        "merchant_name": st.just({"contains": "ARK"}),
        "channel": lists("pos", "online"),
        "amount": st.one_of(bounds(1, 500), lists(100, 200)),
        "weekday": st.one_of(lists(1, 2, 6), bounds(1, 7)),
        "hour": bounds(0, 23),
        "wallet": st.just({"contains": "app"}),
        "attributes.shop": st.one_of(
            st.sampled_from(({"in": [5]}, {"not_in": ["5"]}, {"in": [True]}, {"contains": "5"})), bounds(1, 9)
        ),
    },
)
DID = st.fixed_dictionaries(
    {"did": st.sampled_from(("purchase", "instalment", "repayment")), "where": MONEY_WHERE},
    optional={"at_least": st.integers(1, 3), "days": st.integers(1, 20)},
)
BEHAVED = st.fixed_dictionaries(
    {"did": st.sampled_from(("app_login", "custom.spin"))},
    optional={"at_least": st.integers(1, 3), "days": st.integers(1, 20)},
)
FIELDS = st.one_of(
    st.builds(lambda name, test: {"field": name, **test}, st.just("stage"), lists("base", "payer")),
    st.builds(lambda name, test: {"field": name, **test}, st.just("card_product"), lists("young", "gold")),
    st.builds(lambda name, test: {"field": name, **test}, st.just("branch"), lists("SH")),
    st.builds(lambda name, test: {"field": name, **test}, st.sampled_from(("level", "billing_day")), bounds(0, 20)),
)
TAGGED = st.sampled_from(
    (
        {"tag": "high_value", "is": True},
        {"tag": "high_value", "is": False},
        {"tag": "visits", "at_least": 5},
        {"tag": "visits", "at_most": 3},
        {"tag": "city", "in": ["sh"]},
        {"tag": "city", "is": "bj"},
        {"tag": "city", "exists": False},
        {"tag": "visits", "exists": True},
    )
)
STATUS = st.sampled_from([{"status": "card.activated", "is": value} for value in (True, False, 1, "true")])
RULES = st.recursive(
    st.one_of(FIELDS, TAGGED, STATUS, DID, BEHAVED),
    lambda inner: st.one_of(
        st.builds(lambda kind, some: {kind: some}, st.sampled_from(("all", "any", "not")), st.lists(inner, min_size=1)),
        st.builds(lambda one: {"not": one}, inner),
    ),
    max_leaves=6,
)


@pytest.fixture
async def people(database: str) -> list[Person]:
    return await settle(40, 7, NOW)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=RULES, within=st.sampled_from((None, ["SH"])))
async def test_a_rule_finds_whom_reading_every_record_finds(
    people: list[Person], document: dict[str, Any], within: list[str] | None
) -> None:
    tree, faults = parse(msgspec.convert(document, RuleNode))
    if any(fault.code == "rule.too_deep" for fault in faults):
        return
    assert tree is not None, faults
    async with db.snapshot() as connection:
        found = await ids_of(connection, *members_sql(tree, within, NOW))
    seen = [one for one in people if within is None or one.profile.branch in within]
    assert set(found) == {one.profile.id for one in seen if holds(tree, one, NOW)}
