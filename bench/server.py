"""The web process with two routes only benchmarks use: an authenticated no-op, and one transaction per claim.

The latter is what one would write first: lock the row of the stock, look, insert, count, commit.
"""

import os
import sys
from datetime import timedelta

from sanic import HTTPResponse, Request, Sanic
from sanic.response import json

from api.routes import guard
from domain import coupons
from domain.coupons import Template
from kit import clock, database
from kit.errors import Conflict
from server.serving import run
from server.settings import from_environment
from server.web import create_app


def main(port: int) -> None:
    """Serve on `port` until SIGTERM."""
    app = create_app(from_environment(dict(os.environ)), "cardquest_bench")
    _add_routes(app)
    run(app, "127.0.0.1", port)


def _add_routes(app: Sanic) -> None:
    @app.get("/bench/noop", name="bench_noop")
    async def noop(request: Request) -> HTTPResponse:
        await guard(request)
        return json({"ok": True})

    @app.post("/bench/claims/<code:str>", name="bench_claim")
    async def claim(request: Request, code: str) -> HTTPResponse:
        subject = await guard(request)
        template = coupons.catalogue.live[code]
        coupon_id = await _claim(template, subject.customer_id, request.headers["idempotency-key"])
        return json({"coupon_id": str(coupon_id)}, 201)


async def _claim(template: Template, customer_id: int, key: str) -> int:
    """The same ceilings and the same rows as the real one leaves behind."""
    now, code, definition = clock.now(), template.code, template.definition
    async with database.transaction() as connection:
        left = await connection.fetchval("SELECT stock - issued FROM coupon_stock WHERE template = $1 FOR UPDATE", code)
        today, held = await connection.fetchrow(
            """SELECT coalesce((SELECT issued FROM coupon_day WHERE template = $1 AND day = $2), 0),
                      (SELECT count(*) FROM coupon WHERE template = $1 AND customer_id = $3)""",
            code,
            clock.business_day(now),
            customer_id,
        )
        if left <= 0 or today >= (definition.daily_cap or 0) or held >= (definition.per_person or 0):
            raise Conflict("coupon.out_of_stock", "")
        coupon_id = await connection.fetchval(
            """INSERT INTO coupon (template, version_id, customer_id, state, source, valid_from, valid_until, issued_at,
                                   change_no)
               VALUES ($1, $2, $3, 'unused', $4, $5, $6, $5, nextval('change_no')) RETURNING id""",
            code,
            template.version_id,
            customer_id,
            f"naive:{code}:{customer_id}:{key}",
            now,
            now + timedelta(days=30),
        )
        await connection.execute(
            "INSERT INTO coupon_move (coupon_id, after, reason, moved_at) VALUES ($1, 'unused', 'naive', $2)",
            coupon_id,
            now,
        )
        await connection.execute(
            """INSERT INTO coupon_day (template, day, issued) VALUES ($1, $2, 1)
               ON CONFLICT (template, day) DO UPDATE SET issued = coupon_day.issued + 1""",
            code,
            clock.business_day(now),
        )
        await connection.execute("UPDATE coupon_stock SET issued = issued + 1 WHERE template = $1", code)
    return int(coupon_id)


if __name__ == "__main__":
    main(int(sys.argv[1]))
