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
        rates[tasks] = found["ingest"]
        line = (
            f"| ingest, {tasks:,} live tasks, {customers:,} customers | {found['ingest']:,.0f} events/s | "
            f"raw insert {found['insert']:,.0f}/s | {found['ratio']:.2f} | ≥ 30,000/s and ≥ 0.5 with 1,000 tasks |"
        )
        lines.append(line)
        print(line, flush=True)
    least, most = min(rates), max(rates)
    growth = rates[least] / rates[most]
    return [*lines, f"| cost per event, {most:,} against {least:,} tasks | {growth:.2f} × | — | — | < 1.5 × |"]


def _http_lines(stage: Stage) -> list[str]:
    loads = uvloop.run(over_http.measure(stage))
    noop, claims, naive, tasks = (loads[name] for name in ("no-op", "claims", "naive claims", "tasks"))
    rows = [
        ("claims of one task over HTTP, 64 clients", claims, noop, "no-op", "≥ 0.6, p99 < 50 ms"),
        ("the same against one transaction per claim", claims, naive, "naive", "≥ 8"),
        ("GET /tasks, 200 visible of 1,000 live tasks, 64 clients", tasks, noop, "no-op", "≥ 0.35, p99 < 50 ms"),
    ]
    return [
        f"| {what} | {ours.per_second:,.0f}/s, p99 {ours.p99_ms:.0f} ms | {name} {base.per_second:,.0f}/s | "
        f"{ours.per_second / base.per_second:.2f} | {goal} |"
        for what, ours, base, name, goal in rows
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
"""

if __name__ == "__main__":
    main()
