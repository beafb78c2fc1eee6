"""Which level a balance reaches, and which tables are impossible. No database."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.experience import LEVEL_TABLES, LevelTable
from domain.experience.rules import level_after, level_at
from kit.errors import RuleViolated


def table(*thresholds: int, ranks: tuple[int, ...] | None = None) -> LevelTable:
    rows = zip(ranks or range(len(thresholds)), thresholds, strict=True)
    levels = [{"rank": rank, "name": f"等级{rank}", "threshold": threshold, "benefits": []} for rank, threshold in rows]
    return msgspec.convert({"name": "会员等级", "levels": levels}, LevelTable)


@pytest.mark.parametrize(("balance", "rank"), [(-1, 0), (0, 0), (99, 0), (100, 1), (499, 1), (500, 2), (10**9, 2)])
def test_a_level_is_reached_with_its_threshold(balance: int, rank: int) -> None:
    assert level_at(table(0, 100, 500), balance).rank == rank


def test_there_is_nothing_above_the_highest() -> None:
    levels = table(0, 100)
    above = [level_after(levels, level) for level in levels.levels]
    assert above == [levels.levels[1], None]


@given(st.lists(st.integers(1, 10**6), unique=True, max_size=10), st.integers(-(10**6), 10**6))
def test_the_level_is_the_last_whose_threshold_is_not_above_the_balance(steps: list[int], balance: int) -> None:
    levels = table(0, *sorted(steps))
    reached = [level for level in levels.levels if level.threshold <= balance]
    assert level_at(levels, balance) == (reached[-1] if reached else levels.levels[0])


@pytest.mark.parametrize(
    ("impossible", "paths"),
    [
        (table(1), ["levels[0].threshold"]),
        (table(0, 100, 100), ["levels[2].threshold"]),
        (table(0, 100, 50), ["levels[2].threshold"]),
        (table(0, 100, ranks=(0, 2)), ["levels[1].rank"]),
        (table(0, 100, ranks=(1, 0)), ["levels[0].rank", "levels[1].rank"]),
    ],
)
async def test_an_impossible_table_is_refused_with_the_place(impossible: LevelTable, paths: list[str]) -> None:
    with pytest.raises(RuleViolated) as refused:
        await LEVEL_TABLES.check("default", impossible)
    assert [fault.path for fault in refused.value.faults] == paths


async def test_a_possible_table_is_accepted() -> None:
    await LEVEL_TABLES.check("default", table(0, 100, 500))


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"name": "x", "levels": []}, "`$.levels`"),
        ({"name": "x", "levels": [{"rank": 0, "name": "", "threshold": 0}]}, "`$.levels[0].name`"),
        ({"name": "x", "levels": [{"rank": 0, "name": "a", "threshold": 0, "gift": 1}]}, "unknown field `gift`"),
    ],
)
def test_a_malformed_table_is_refused_with_the_place(body: dict[str, object], place: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(body, LevelTable)
    assert place in str(refused.value)
