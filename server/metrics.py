"""Prometheus metrics of this process."""

import time

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
from sanic import HTTPResponse, Request, Sanic

from domain import reconciliation
from kit import database

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
