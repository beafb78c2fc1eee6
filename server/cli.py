"""The command line: `cardquest --help`."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
import uvloop

from server import local
from server.embedded import EmbeddedError
from server.settings import Settings, SettingsError, from_environment

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Cardquest: the game layer of a bank's card centre.",
)


@contextmanager
def _settings() -> Iterator[Settings]:
    """The settings of the environment, with servers of our own where it names none."""
    where = local.place()
    if local.is_local():
        typer.echo(
            f"no DATABASE_URL: servers, keys and a movable clock of this machine, below {where.data_dir}", err=True
        )
    with local.servers(where) if local.is_local() else _nothing() as urls:
        given = {**(local.fill_in(where) if local.is_local() else {}), **urls}
        yield from_environment({**os.environ, **given})


@contextmanager
def _nothing() -> Iterator[dict[str, str]]:
    yield {}


@app.command()
def demo() -> None:
    """Everything on one machine in the foreground: servers, sandbox, web, worker, demo data. Ctrl-C ends it."""
    from server.demo import run

    raise typer.Exit(run(local.place()))


@app.command()
def serve() -> None:
    """The web process."""
    from server.serving import serve_web

    with _settings() as settings:
        serve_web(settings)


@app.command()
def work() -> None:
    """The worker process: reactions and timed jobs."""
    from server.worker import work as run

    with _settings() as settings:
        uvloop.run(run(settings))


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema; one process migrates, others wait."""
    from server.migration import migrate as run

    if local.is_local():
        with local.servers(local.place()) as urls:
            asyncio.run(run(urls["DATABASE_URL"]))
    else:
        asyncio.run(run(os.environ["DATABASE_URL"]))
    typer.echo("the schema is up to date")


@app.command()
def seed() -> None:
    """Put the demo's operators, levels, coupon templates and tasks in place; what is there stays."""
    from server.demo_data import password
    from server.demo_data import seed as run

    with _settings() as settings:
        uvloop.run(run(settings, password()))


@app.command()
def sandbox() -> None:
    """The partners' twins, with their control plane."""
    from server.serving import serve_sandbox

    serve_sandbox(local.place())


@app.command("import-transactions")
def import_transactions(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, also gzipped")],
    source: Annotated[str, typer.Option(help="whose transaction ids these are")] = "card-core",
    restart: Annotated[bool, typer.Option(help="from the first row, even if an earlier run was cut off")] = False,
) -> None:
    """Play a CSV of transactions (txn_id, card_token, date, type, amount_minor, merchant, mcc) through the ingest.

    A run that was cut off goes on where it stopped; rows told before are counted as duplicates and change nothing.
    """
    from server.import_transactions import run

    with _settings() as settings:
        raise typer.Exit(uvloop.run(run(settings, file, source, restart=restart)))


@app.command("issue-coupons")
def issue_coupons(
    issue: Annotated[int, typer.Argument(help="the id of an approved issue, as in /admin/v1/coupon-issues/{id}")],
) -> None:
    """Work on an approved issue of coupons, set by set, until it is done or held up; workers may be at it as well.

    Cut off at any point, the next run (or a worker) goes on where the last set was committed.
    """
    from server.issue_coupons import run

    with _settings() as settings:
        raise typer.Exit(uvloop.run(run(settings, issue)))


@app.command()
def reconcile() -> None:
    """Check every invariant of the database; exit code 1 when one is violated."""
    from server.reconcile import run

    with _settings() as settings:
        raise typer.Exit(asyncio.run(run(settings)))


@app.command("verify-audit")
def verify_audit(
    head: Annotated[str | None, typer.Option(help="a head kept elsewhere, NUMBER:HASH as in audit.anchored")] = None,
) -> None:
    """Hold the audit trail against its hashes and anchors; exit code 1 when it is not what was written."""
    from server.verify_audit import known, run

    with _settings() as settings:
        raise typer.Exit(asyncio.run(run(settings, known(head) if head else None)))


@app.command("reconcile-suppliers")
def reconcile_suppliers(
    supplier: Annotated[str | None, typer.Option(help="only this one")] = None,
    day: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="only this day's file")] = None,
) -> None:
    """Compare suppliers' files with our books as they now are; exit code 1 when there are differences."""
    from server.reconcile import run_suppliers

    with _settings() as settings:
        raise typer.Exit(asyncio.run(run_suppliers(settings, supplier, day.date() if day else None)))


@app.command()
def openapi(
    admin: Annotated[bool, typer.Option(help="the operators' document instead of the customers'")] = False,
) -> None:
    """Print the OpenAPI document."""
    from server import documents, web

    if admin:
        whole = documents.admin_document(web.admin_operations())
    else:
        whole = documents.customer_document(web.customer_operations())
    typer.echo(msgspec.json.format(msgspec.json.encode(whole), indent=2).decode())


@app.command()
def reset() -> None:
    """Remove all data under DATA_DIR."""
    from server.embedded import reset as remove_servers

    where = local.place()
    remove_servers(where.data_dir)
    local.clear(where)
    typer.echo(f"{where.data_dir} is empty")


def main() -> None:
    """Run the command; expected failures are told in one line."""
    try:
        app()
    except (SettingsError, EmbeddedError) as error:
        typer.echo(f"cardquest: {error}", err=True)
        raise SystemExit(2) from None
