"""Everything we hold about a customer, in a sealed file for them alone, for a week, once a day."""

import asyncio
import re

import msgspec
import pytest

from domain import personal_data
from domain.personal_data import export_file, exports_of, request_export
from domain.personal_data.collect import SECTIONS
from kit import database
from kit.errors import Conflict, NotFound
from tests.domain.coupons.stage import new_customers
from tests.domain.customers.partners import HOLDER, Bank
from tests.domain.personal_data.stage import CODE, CUSTOMER, somebody, work
from tests.domain.tasks.time_machine import TimeMachine

NOT_IN_THE_FILE = {
    "budget_entry",  # what campaigns spent on the rewards, which are in it
    "binding_code",  # hashes of codes that are over in minutes
    "forecast_claim",  # what a forecast supposes, for the minutes in which it is being made
    "expiry_reminder",  # that a reminder was written, which is among the messages
    "level_gift",  # what became of it is among coupons, benefits and experience
    "risk_attempt",  # what was attempted of what is in it, kept for a week
    "risk_list_entry",  # the bank's own record against scalpers
    "reveal",  # which operator was told what and why: the bank's own record, kept by the audit trail
    "standing_benefit",
}


async def test_the_file_has_something_of_everything_and_no_secret(bank: Bank) -> None:
    mine = await somebody(bank)
    await new_customers(3)
    export, fresh = await request_export(mine.customer_id)
    assert (export.state, fresh) == ("waiting", True)
    await work()
    text = await export_file(mine.customer_id, export.id)
    found = msgspec.json.decode(text)
    empty = {section for section in SECTIONS if not found[section]}
    assert empty == {
        "account_deletions",
        "audience_files",
        "compensations",
        "debts",
        "exchanges",
        "follows_our_wechat_account",
        "journeys",
        "levels",
        "loans",
        "reminders",
        "risk_decisions",
        "risk_holds",
    }
    assert found["profile"][0] | {"created_at": ""} == {
        "customer_id": mine.customer_id,
        "customer_no": CUSTOMER,
        "name": HOLDER.name,
        "stage": "payer",
        "card_product": "young",
        "branch": "SH",
        "billing_day": 17,
        "created_at": "",
    }
    assert found["identities"][0]["openid"] == "open…nid1"
    purchase = next(event for event in found["events"] if event["type"] == "purchase")
    assert (purchase["merchant_name"], purchase["attributes"]) == ("壳牌", {"note": "加油"})
    assert (found["coupons"][0]["name"], found["benefits"][0]["name"]) == ("7天免息券", "咖啡券")
    assert found["experience"][0]["amount"] == 100
    assert found["messages"][0]["title"] == "first已完成"
    assert CODE not in text
    row = await database.fetchrow("SELECT sealed, bytes FROM data_export")
    assert row is not None
    assert row["bytes"] == len(text.encode())
    assert CUSTOMER.encode() not in row["sealed"]


async def test_every_table_about_a_customer_is_in_the_file_or_left_out_on_purpose(bank: Bank) -> None:
    rows = await database.fetch(
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'customer_id' AND table_schema = 'public'"
    )
    read = " ".join(SECTIONS.values())
    assert {row[0] for row in rows if not re.search(rf"FROM {row[0]}\b", read)} == NOT_IN_THE_FILE


async def test_one_file_a_day_however_often_it_is_asked_for(bank: Bank, time_machine: TimeMachine) -> None:
    [mine] = await new_customers()
    answers = await asyncio.gather(*(request_export(mine) for _ in range(5)))
    assert sorted(fresh for _, fresh in answers) == [False] * 4 + [True]
    assert len({export.id for export, _ in answers}) == 1
    time_machine(days=1)
    again, fresh = await request_export(mine)
    assert (fresh, [one.id for one in await exports_of(mine)]) == (True, [again.id, answers[0][0].id])


async def test_it_is_there_for_a_week_for_its_owner(bank: Bank, time_machine: TimeMachine) -> None:
    mine, theirs = await new_customers(2)
    export, _ = await request_export(mine)
    with pytest.raises(Conflict, match=r"export\.not_ready"):
        await export_file(mine, export.id)
    await work()
    with pytest.raises(NotFound):
        await export_file(theirs, export.id)
    assert await exports_of(theirs) == []
    time_machine(days=6, hours=23)
    await work()
    assert await export_file(mine, export.id)
    time_machine(hours=1)
    for _ in range(2):
        with pytest.raises(Conflict, match=r"export\.expired"):
            await export_file(mine, export.id)
        await work()
    assert await database.fetchval("SELECT count(*) FROM data_export WHERE sealed IS NOT NULL") == 0
    assert [one.state for one in await exports_of(mine)] == ["expired"]


async def test_two_workers_write_a_file_once(bank: Bank) -> None:
    [mine] = await new_customers()
    export, _ = await request_export(mine)
    await asyncio.gather(*(personal_data.make_exports() for _ in range(3)))
    [one] = await exports_of(mine)
    assert (one.id, one.state) == (export.id, "ready")
