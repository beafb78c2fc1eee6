"""`cardquest import-transactions`: counts, completions, repeats, any order, going on after a cut, bad files."""

import csv
import hashlib
import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from tests.platform import Platform, eventually

HEADER = ["txn_id", "card_token", "date", "type", "amount_minor", "merchant", "mcc"]


def rows(prefix: str) -> list[list[str]]:
    """Sixty customers with ten purchases each, some refunds, and a month that was published twice."""
    rng = random.Random(11)
    made = [
        [
            f"{prefix}-{card}-{n}",
            f"{prefix}-card-{card}",
            f"2015-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}",
            "refund" if rng.random() < 0.1 else "purchase",
            str(rng.randrange(100, 60_000)),
            f"{prefix} shop {rng.randrange(40)}",
            rng.choice(["5411", "5541", "5812"]),
        ]
        for card in range(60)
        for n in range(10)
    ]
    return made + [row for row in made if row[2].startswith("2015-03")]


def write(file: Path, lines: list[list[str]], header: list[str] = HEADER) -> Path:
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([header, *lines])
    return file


def counts(printed: str) -> tuple[int, int, int]:
    found = re.search(r"accepted (\d+)  duplicates (\d+)  rejected (\d+)", printed)
    assert found, printed
    return int(found[1]), int(found[2]), int(found[3])


def expected(lines: list[list[str]]) -> tuple[int, int]:
    """Customers with three fuel purchases, and with net food spend of 500 yuan, counted the plain way."""
    fuel: dict[str, int] = {}
    food: dict[str, int] = {}
    for _, card, _, kind, amount, _, mcc in {row[0]: row for row in lines}.values():
        if mcc == "5541" and kind == "purchase":
            fuel[card] = fuel.get(card, 0) + 1
        if mcc == "5411":
            food[card] = food.get(card, 0) + (int(amount) if kind == "purchase" else -int(amount))
    return sum(n >= 3 for n in fuel.values()), sum(n >= 50_000 for n in food.values())


def put_tasks(platform: Platform, prefix: str) -> None:
    def condition(item: str, at_least: int, mcc: str) -> dict[str, Any]:
        where = {"mcc": {"in": [mcc]}, "merchant_name": {"contains": prefix}}
        return {"category": "cumulative", "item": item, "at_least": at_least, "where": where, "window": "lifetime"}

    for code, content in (
        (f"{prefix}-fuel", condition("purchase.count", 3, "5541")),
        (f"{prefix}-food", condition("purchase.amount", 50_000, "5411")),
    ):
        claim = {"mode": "automatic"}
        body = {"name": code, "kind": "growth", "claim": claim, "content": content, "rewards": [{"experience": 1}]}
        platform.put_live("tasks", code, body)


def completed(platform: Platform, prefix: str) -> tuple[int, int]:
    with platform.operator("hq-checker") as checker:
        reports = [checker.get(f"/reports/tasks/{prefix}-{name}").json() for name in ("fuel", "food")]
    return reports[0]["completed"], reports[1]["completed"]


@pytest.mark.parametrize("order", ["as published", "shuffled", "imported before the tasks"])
def test_an_import_completes_what_the_transactions_earn(platform: Platform, tmp_path: Path, order: str) -> None:
    prefix = order[:4].strip().replace(" ", "-")
    lines = rows(prefix)
    want, distinct = expected(lines), len({row[0] for row in lines})
    if order == "shuffled":
        random.Random(5).shuffle(lines)
    file = write(tmp_path / "transactions.csv", lines)
    if order != "imported before the tasks":
        put_tasks(platform, prefix)
    imported = platform.run("import-transactions", str(file))
    assert imported.returncode == 0, imported.stderr
    assert counts(imported.stdout) == (distinct, len(lines) - distinct, 0)
    if order == "imported before the tasks":
        put_tasks(platform, prefix)
    eventually(lambda: completed(platform, prefix) == want, 20)
    assert counts(platform.run("import-transactions", str(file)).stdout) == (0, len(lines), 0)
    assert completed(platform, prefix) == want
    assert platform.run("reconcile").returncode == 0


def test_an_import_that_was_cut_off_goes_on(platform: Platform, tmp_path: Path) -> None:
    lines = rows("cut")
    file = write(tmp_path / "cut.csv", lines)
    whole = platform.run("import-transactions", str(file))
    accepted, duplicates, _ = counts(whole.stdout)
    notes = platform.place.data_dir / "imports"
    assert not list(notes.glob("*-card-core.json"))
    # What a run leaves behind that was killed after 400 rows.
    digest = _digest(file)
    left = {"rows": 400, "accepted": 390, "duplicates": 10, "suspended": 0, "rejected": 0, "reasons": []}
    (notes / f"{digest[:16]}-card-core.json").write_text(json.dumps(left))
    resumed = platform.run("import-transactions", str(file))
    assert "going on after row 400" in resumed.stdout
    assert sum(counts(resumed.stdout)) == accepted + duplicates


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_bad_rows_are_named_and_the_good_ones_kept(platform: Platform, tmp_path: Path) -> None:
    good = ["bad-1", "bad-card", "2015-01-02", "purchase", "100", "shop", "5411"]
    lines = [
        good,
        ["", *good[1:]],
        ["bad-2", *good[1:4], "12.50", *good[5:]],
        ["bad-3", *good[1:3], "theft", *good[4:]],
    ]
    lines.append(["bad-4", good[1], "02/01/2015", *good[3:]])
    imported = platform.run("import-transactions", str(write(tmp_path / "bad.csv", lines)))
    assert imported.returncode == 1
    assert counts(imported.stdout) == (1, 0, 4)
    for named in ("row 2: txn_id", "row 3: amount_minor", "row 4: type", "row 5: date"):
        assert named in imported.stdout


def test_another_kind_of_file_is_refused(platform: Platform, tmp_path: Path) -> None:
    refused = platform.run("import-transactions", str(write(tmp_path / "other.csv", [["1"]], ["id"])))
    assert refused.returncode == 2
    assert "has no column txn_id" in refused.stdout.replace("\n", "")
