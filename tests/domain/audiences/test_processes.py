"""Processes that know nothing of each other: one hears what another worked out, and one dies in the middle of it."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process

import pytest

from domain import approvals
from domain.audiences import AUDIENCES
from kit import database as db
from tests.domain.audiences.stage import audience, customer, document, entered, hearing, holds, inside, worked_out
from tests.domain.coupons.stage import MAKER, publish

LISTENING = """
import asyncio, sys
from domain import audiences
from domain.approvals.live_set import NOTICE
from kit import database, logging
from kit.notices import Notices

async def until(member, customer_id):
    while audiences.contains("payers", customer_id) is not member:
        await asyncio.sleep(0.01)
    print("in" if member else "out", flush=True)

async def refresh(_payload=""):
    await audiences.catalogue.refresh()

async def main(url, customer_id):
    await database.connect(url, pool=2)
    notices = Notices(url)
    notices.on(NOTICE, refresh, refresh)
    notices.on(audiences.NOTICE, refresh, refresh)
    await notices.start()
    await refresh()
    print("ready", flush=True)
    for member in (True, False):
        await until(member, customer_id)
    await notices.stop()
    await database.close()

logging.configure(json_lines=False, level="ERROR")
asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""

DYING = """
import asyncio, sys
from importlib import import_module
from domain import audiences, outbox
from domain.facts import AudienceEntered
from kit import database, logging

async def stuck(*_):
    print("stored", flush=True)
    await asyncio.sleep(600)

async def hear(*_): ...

async def main(url):
    outbox.react_with(at_once={}, later={AudienceEntered: (hear,)})
    import_module("domain.audiences.refresh_next").notices.notify = stuck
    await database.connect(url, pool=4)
    await audiences.refresh_next()

logging.configure(json_lines=False, level="ERROR")
asyncio.run(main(sys.argv[1]))
"""


async def started(program: str, *given: str) -> Process:
    return await asyncio.create_subprocess_exec(sys.executable, "-c", program, *given, stdout=PIPE)


async def says(process: Process, word: str) -> None:
    assert process.stdout is not None
    async with asyncio.timeout(60):
        assert (await process.stdout.readline()).decode().strip() == word


@pytest.mark.usefixtures("database")
async def test_another_process_hears_of_members_and_of_the_end(migrated: str) -> None:
    """It does not poll: without the notices it would never know."""
    payer = await customer(stage="payer")
    other = await started(LISTENING, migrated, str(payer))
    await says(other, "ready")
    await audience("payers")
    await says(other, "in")
    await approvals.end(AUDIENCES, "payers", MAKER)
    await says(other, "out")
    assert await other.wait() == 0


@pytest.mark.usefixtures("database")
async def test_a_refresh_that_is_killed_has_done_nothing_and_is_done_anew(migrated: str) -> None:
    payer = await customer(stage="payer")
    await publish(AUDIENCES, "payers", document())
    other = await started(DYING, migrated)
    await says(other, "stored")
    other.kill()
    await other.wait()
    with hearing():
        # The database frees what a dead process held as soon as it notices.
        async with asyncio.timeout(60):
            while not await worked_out():
                await asyncio.sleep(0.02)
        assert await entered() == [("payers", [payer])]
    assert inside("payers", [payer]) == {payer}
    assert await db.fetchval("SELECT edition FROM audience") == 1
    await holds()
