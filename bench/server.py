"""The web process with two routes only benchmarks use: an authenticated no-op, and one transaction per claim."""

import os
import sys

from sanic import HTTPResponse, Request, Sanic
from sanic.response import json

from api.routes import guard
from domain import tasks
from domain.tasks import Claimant
from server.settings import from_environment
from server.web import create_app


def main(port: int) -> None:
    """Serve on `port` until SIGTERM."""
    app = create_app(from_environment(dict(os.environ)), "cardquest_bench")
    _add_routes(app)
    app.run("127.0.0.1", port, single_process=True, access_log=False, motd=False)


def _add_routes(app: Sanic) -> None:
    @app.get("/bench/noop", name="bench_noop")
    async def noop(request: Request) -> HTTPResponse:
        await guard(request)
        return json({"ok": True})

    @app.post("/bench/claims/<task:str>", name="bench_claim")
    async def claim(request: Request, task: str) -> HTTPResponse:
        subject = await guard(request)
        outcome = (await tasks.claim_batch([Claimant(subject.customer_id, task)]))[0]
        if isinstance(outcome, Exception):
            raise outcome
        return json({"claim_id": str(outcome.claim_id)}, 201 if outcome.created else 200)


if __name__ == "__main__":
    main(int(sys.argv[1]))
