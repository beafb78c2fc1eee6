"""Prometheus metrics of this process."""

import time

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
from sanic import HTTPResponse, Request, Sanic

from domain import reconciliation
from kit import clock, database

REQUESTS = Counter("cardquest_requests", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "cardquest_request_seconds",
    "Time to answer",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
VIOLATIONS = Gauge("cardquest_invariant_violations", "Rows that broke an invariant at its last check", ["invariant"])
CHECKED = Gauge("cardquest_invariant_checked_seconds", "When the invariants were last checked, in Unix seconds")
OUTBOX = Gauge("cardquest_outbox", "Facts waiting to be reacted to, by state", ["state"])

GATES = Gauge("cardquest_supplier_gate_open", "1 while a supplier is left alone by the circuit breaker", ["supplier"])
TOKENS = Gauge(
    "cardquest_supplier_gate_calls_left", "Calls a supplier may be sent at once, when last asked", ["supplier"]
)
ASKED = Gauge("cardquest_supplier_calls", "Calls to a supplier since ever, by how they ended", ["supplier", "outcome"])
WAITING = Gauge("cardquest_supplier_requests_waiting", "Requests whose outcome is not known yet", ["supplier"])
CALLBACKS = Gauge("cardquest_wechat_callbacks", "WeChat's callbacks nobody has taken yet, by state", ["state"])


def count(request: Request, response: HTTPResponse) -> None:
    """One answered request; by route, never by address, so that the number of series is bounded."""
    route = request.uri_template or "unknown"
    REQUESTS.labels(request.method, route, response.status).inc()
    began = getattr(request.ctx, "began", None)
    if began is not None:
        SECONDS.labels(route).observe(time.perf_counter() - began)


def serve(app: Sanic) -> None:
    """`/metrics`."""

    @app.get("/metrics", name="metrics")
    async def metrics(_request: Request) -> HTTPResponse:
        await _count_outbox()
        await _tell_invariants()
        await _count_suppliers()
        await _count_callbacks()
        return HTTPResponse(generate_latest(), 200, content_type=CONTENT_TYPE_LATEST)


async def _count_outbox() -> None:
    """Left as it was while the database is down: the process still has something to say."""
    try:
        row = await database.fetchrow(
            """SELECT count(*) FILTER (WHERE parked_at IS NULL), count(*) FILTER (WHERE parked_at IS NOT NULL)
               FROM outbox"""
        )
    except database.UNREACHABLE:
        return
    if row is not None:
        OUTBOX.labels("waiting").set(row[0])
        OUTBOX.labels("parked").set(row[1])


async def _tell_invariants() -> None:
    """What the last check found, whoever made it: a worker serves no metrics, and every process tells the same."""
    try:
        checks = await reconciliation.last_checks()
    except database.UNREACHABLE:
        return
    VIOLATIONS.clear()
    for one in checks:
        VIOLATIONS.labels(one.invariant).set(one.violations)
    if checks:
        CHECKED.set(min(one.checked_at for one in checks).timestamp())


async def _count_suppliers() -> None:
    """As the workers left it in the database: whoever asks suppliers has no metrics of its own."""
    try:
        rows = await database.fetch(
            """SELECT g.supplier, g.tokens, g.asked, g.unanswered, g.refused, coalesce(g.open_until > $1, false),
                      (SELECT count(*) FROM supplier_request r WHERE r.supplier = g.supplier AND r.state = 'waiting')
               FROM supplier_gate g""",
            clock.now(),
        )
    except database.UNREACHABLE:
        return
    for supplier, tokens, asked, unanswered, refused, is_open, waiting in rows:
        GATES.labels(supplier).set(is_open)
        TOKENS.labels(supplier).set(tokens)
        ASKED.labels(supplier, "answered").set(asked - unanswered - refused)
        ASKED.labels(supplier, "unanswered").set(unanswered)
        ASKED.labels(supplier, "refused").set(refused)
        WAITING.labels(supplier).set(waiting)


async def _count_callbacks() -> None:
    """Left as they were while the database is down."""
    try:
        row = await database.fetchrow(
            """SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'parked')
               FROM wechat_callback WHERE state IN ('waiting', 'parked')"""
        )
    except database.UNREACHABLE:
        return
    if row is not None:
        CALLBACKS.labels("waiting").set(row[0])
        CALLBACKS.labels("parked").set(row[1])
