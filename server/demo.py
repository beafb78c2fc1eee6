"""The demo: one command from nothing to a running platform with customers, operators and a bank to play with."""

import os
import sys
from dataclasses import replace

import uvloop

from channels.sandbox.customers import DEMO_CUSTOMERS
from server import demo_data, local
from server.local import Place
from server.migration import migrate
from server.settings import from_environment
from server.supervisor import Child, Supervisor

_STAGES = {"base": "起步", "payer": "支付", "wealth": "理财", "credit": "信贷"}


def run(where: Place) -> int:
    """Blocks until Ctrl-C or SIGTERM; returns the exit code. Every process it started is gone when it returns."""
    password = demo_data.password()
    if taken := local.taken_ports(where):
        _say(f"port {taken[0]} is taken: stop what listens there, or choose others with PORT and SANDBOX_PORT")
        return 2
    _say("starting PostgreSQL and Valkey …" if local.is_local() else "using DATABASE_URL and REDIS_URL …")
    with local.servers(where) as urls:
        environment = {**local.fill_in(where), **urls}
        settings = from_environment({**os.environ, **environment})
        _say("migrating …")
        uvloop.run(migrate(settings.database_url))
        uvloop.run(demo_data.seed(replace(settings, log_level="WARNING"), password))
        supervisor = Supervisor(_children(where, environment), where.data_dir / "logs", say=_say)
        return supervisor.run(lambda: _welcome(where, password))


def _children(where: Place, environment: dict[str, str]) -> list[Child]:
    program = (sys.executable, "-m", "server")
    return [
        Child("sandbox", (*program, "sandbox"), environment, f"{where.sandbox_url}/control/clock"),
        Child("web", (*program, "serve"), environment, f"http://127.0.0.1:{where.port}/readyz"),
        Child("worker", (*program, "work"), environment),
    ]


def _welcome(where: Place, password: str) -> None:
    _say(f"ready {where.public_url}")
    _say("\nsign in as a demo customer (each link is the bank's app opening our pages):")
    for customer in DEMO_CUSTOMERS:
        link = f"{where.sandbox_url}/bank-app/open?customer_no={customer.customer_no}"
        _say(f"  {customer.customer_no} {customer.name}\t{_STAGES[customer.stage]}\t{link}")
    _say(f"\noperators: hq-maker, hq-checker, branch-maker, branch-checker, admin — password: {password}")
    _say(f"sandbox (play the bank): {where.sandbox_url}/    API: {where.public_url}/docs")
    _say(f"logs: {where.data_dir / 'logs'}    Ctrl-C stops everything")


def _say(text: str) -> None:
    print(text, flush=True)
