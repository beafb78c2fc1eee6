"""Runs every benchmark and writes docs/benchmarks.md; with `--quick` a tenth of it, writing nothing."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import uvloop

from bench import coupon_sets, ingest, over_http
from bench.stage import Stage, servers
from kit import clock

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def main() -> None:
    """Print each line as it is known."""
    quick = "--quick" in sys.argv
    lines = ["| what | result | baseline in the same run | ratio | goal |", "|---|---|---|---|---|"]
    with servers() as stage:
        lines += [*_ingest_lines(stage, quick), *_http_lines(stage), *_coupon_set_lines(stage, quick)]
    table = "\n".join(lines)
    print(table)
    if not quick:
        PAGE.write_text(_PAGE.format(machine=_machine(), table=table))


def _ingest_lines(stage: Stage, quick: bool) -> list[str]:
    customers, count = (5_000, 10_000) if quick else (100_000, 60_000)
    rates: dict[int, float] = {}
    lines = []
    for tasks in (100, 1_000) if quick else (100, 1_000, 10_000):
        found = uvloop.run(ingest.measure(stage, tasks, customers, count))
        rates[tasks] = found[2].ingest
        for senders, rate in found.items():
            line = (
                f"| ingest, {tasks:,} live tasks, {customers:,} customers, {senders} sender{'s'[: senders - 1]} | "
                f"{rate.ingest:,.0f} events/s | raw insert {rate.insert:,.0f}/s | {rate.ratio:.2f} | "
                "≥ 30,000/s and ≥ 0.5 with 1,000 tasks |"
            )
            lines.append(line)
            print(line, flush=True)
    least, most = min(rates), max(rates)
    growth = rates[least] / rates[most]
    return [*lines, f"| cost per event, {most:,} against {least:,} tasks | {growth:.2f} × | — | — | < 1.5 × |"]


def _http_lines(stage: Stage) -> list[str]:
    loads = uvloop.run(over_http.measure(stage))
    rows = []
    for clients in over_http.CLIENTS:
        what = f"claims of one hot coupon over HTTP, {clients} clients"
        rows.append((what, f"claims {clients}", f"no-op {clients}", "≥ 0.6"))
        rows.append((f"{what}, against one transaction each", f"claims {clients}", f"naive {clients}", "≥ 8"))
    what = "GET /tasks, 200 visible of 1,000 live tasks, 64 clients"
    rows.append((what, "tasks 64", "no-op 64", "≥ 0.35"))
    rows.append((f"{what}, each for the first time: what was seen is written", "first tasks 64", "no-op 64", "—"))
    return [
        f"| {what} | {loads[ours].per_second:,.0f}/s, p99 {loads[ours].p99_ms:.0f} ms | "
        f"{base} {loads[base].per_second:,.0f}/s, p99 {loads[base].p99_ms:.0f} ms | "
        f"{loads[ours].per_second / loads[base].per_second:.2f} | {goal}, p99 < 50 ms with 64 |"
        for what, ours, base, goal in rows
    ]


def _coupon_set_lines(stage: Stage, quick: bool) -> list[str]:
    customers = 100_000 if quick else 1_000_000
    found = uvloop.run(coupon_sets.measure(stage, customers))
    ours = f"{found['issue']:,.0f} coupons/s"
    return [
        f"| a coupon to each of {customers:,} customers, in sets | {ours} | one raw INSERT … SELECT of the coupons "
        f"{found['insert']:,.0f}/s | {found['ratio']:.2f} | ≥ 0.5 |",
        f"| the same against coupons and history | {ours} | one raw INSERT … SELECT of both "
        f"{found['with_history']:,.0f}/s | {found['history_ratio']:.2f} | — |",
    ]


def _machine() -> str:
    ran = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    commit = ran.stdout.strip() or "unknown"
    system = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{system}, {clock.today()}, commit {commit}"


_PAGE = """# Benchmarks

Written by `make bench` on {machine}. The load generator, PostgreSQL (fsync on) and the program share these cores.
Quote the ratios: absolute figures differ between machines, and between one run and the next on a shared one.

{table}

Where a goal is missed, and why: [performance.md](performance.md).
"""

if __name__ == "__main__":
    main()
