"""What the bank's books say against what our database says; the books are read as the file they are."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg

FIGURES = {
    "loans": "SELECT count(*) FROM loan",
    "loans disbursed": "SELECT count(*) FROM loan_move WHERE after = 'disbursed'",
    "loans cancelled": "SELECT count(*) FROM loan WHERE state = 'cancelled'",
    "loans repaid early": "SELECT count(*) FROM loan WHERE state = 'repaid_early'",
    "coupons used": "SELECT count(*) FROM coupon WHERE state = 'used'",
    "coupons used and given back": "SELECT count(*) FROM coupon_move WHERE before = 'used'",
    "accounting entries": "SELECT count(*) FROM accounting_entry WHERE reverses_id IS NULL",
    "reversals": "SELECT count(*) FROM accounting_entry WHERE reverses_id IS NOT NULL",
    "discrepancies that settled themselves": "SELECT count(*) FROM loan_discrepancy WHERE state = 'closed'",
}
_NEVER = {
    "loans are undecided": "SELECT count(*) FROM loan WHERE state = 'processing'",
    "coupons are occupied": "SELECT count(*) FROM coupon WHERE state = 'occupied'",
    "entries wait": "SELECT count(*) FROM accounting_entry WHERE state = 'pending'",
    "discrepancies are open": "SELECT count(*) FROM loan_discrepancy WHERE state = 'open'",
    "facts are parked": "SELECT count(*) FROM outbox WHERE parked_at IS NOT NULL",
}
_ENTRIES = """SELECT e.request_no, l.request_no AS loan_no, e.coupon_id::text AS coupon_no, e.amount_fen,
                     r.request_no AS reversed_by
              FROM accounting_entry e JOIN loan l ON l.id = e.loan_id
              LEFT JOIN accounting_entry r ON r.reverses_id = e.id WHERE e.reverses_id IS NULL"""
_LOANS = """SELECT l.id::text, l.request_no, l.state,
                   coalesce(json_object_agg(k.coupon_id, k.reduction_fen) FILTER (WHERE k.id IS NOT NULL), '{}') AS off
            FROM loan l LEFT JOIN loan_coupon k ON k.loan_id = l.id GROUP BY l.id"""


async def mismatches(connection: asyncpg.Connection, books: Path, told: dict[str, str]) -> list[str]:
    """Everything the two, and what customers were told, disagree about."""
    wrong = [f"{number} {what}" for what, sql in _NEVER.items() if (number := await connection.fetchval(sql))]
    with sqlite3.connect(books) as file:
        theirs = {row[0]: json.loads(row[1]) for row in file.execute("SELECT request_no, booked FROM loan")}
        booked = set(file.execute("SELECT * FROM accounting_entry"))
    loans = await connection.fetch(_LOANS)
    wrong += _about_loans(loans, theirs, told)
    ours = {tuple(row) for row in await connection.fetch(_ENTRIES)}
    wrong += [f"entry of ours that is not in the books: {one}" for one in sorted(ours - booked, key=str)]
    wrong += [f"entry in the books that is not ours: {one}" for one in sorted(booked - ours, key=str)]
    standing = Counter(coupon_no for _, _, coupon_no, _, reversed_by in booked if reversed_by is None)
    used = {row[0] for row in await connection.fetch("SELECT id::text FROM coupon WHERE state = 'used'")}
    wrong += [f"coupon {one} is used with {standing[one]} entries" for one in sorted(used) if standing[one] != 1]
    wrong += [f"coupon {one} is not used and booked" for one in sorted(standing.keys() - used)]
    return wrong


def _about_loans(loans: list[asyncpg.Record], theirs: dict[str, dict[str, Any]], told: dict[str, str]) -> Iterator[str]:
    yield from (f"loan of the bank nobody asked for: {one}" for one in theirs.keys() - {row[1] for row in loans})
    for loan_id, request_no, state, off in loans:
        booked = theirs.get(request_no)
        if booked is None and state != "declined":
            yield f"loan {request_no} is {state}, and the bank does not know it"
        if booked is not None and booked["state"] != state:
            yield f"loan {request_no} is {state}, at the bank {booked['state']}"
        if told.get(loan_id, state) != state:
            yield f"loan {request_no} is {state}, its customer was told {told[loan_id]}"
        if booked is not None and state in ("disbursed", "repaid_early"):
            wanted = _reductions(booked["settled"] or booked["plan"])
            kept = {coupon_no: amount for coupon_no, amount in json.loads(off).items() if amount}
            if wanted != kept:
                yield f"loan {request_no} was reduced by {wanted}, we believe {kept}"


def _reductions(plan: list[dict[str, Any]]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for line in plan:
        for one in line["reductions"]:
            sums[one["coupon_no"]] += one["amount_fen"]
    return dict(sums)
