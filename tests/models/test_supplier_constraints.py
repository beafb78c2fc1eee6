"""What the database itself refuses of suppliers and exchanges, and what became of the codes of before."""

from importlib import import_module

import asyncpg
import pytest

from tests.models.conftest import Connection
from tests.models.rows import DONE_AT, NOW, US, benefit


def request(state: str, issued: str = "NULL", closed: str = "NULL") -> str:
    return f"""INSERT INTO supplier_request (grant_id, supplier, product, request_no, state, attempts, next_at, cost_fen,
                                             created_at, issued_at, closed_at)
               SELECT id, '!s', '!p', '!r', '{state}', 0, '{NOW}', 0, '{NOW}', {issued}, {closed}
               FROM benefit_grant WHERE benefit = '!b'"""


def usage(state: str, reason: str = "NULL", number: str = "'!r'", digest: str = "NULL") -> str:
    return f"""INSERT INTO supplier_usage (supplier, usage_no, request_no, digest, used_at, way, state, reason,
                                           received_at)
               VALUES ('!s', '!u', {number}, {digest}, '{NOW}', 'file', '{state}', {reason}, '{NOW}')"""


def exchange(state: str, experience: int = 1, returned: str = "NULL") -> str:
    return f"""INSERT INTO exchange (customer_id, idempotency_key, benefit, experience, grant_id, state, created_at,
                                     returned_at)
               SELECT customer_id, 'k', '!b', {experience}, id, '{state}', '{NOW}', {returned}
               FROM benefit_grant WHERE benefit = '!b'"""


CODE = """INSERT INTO benefit_code (benefit, supplier, sealed, digest, imported_at)
          VALUES ('!b', '!s', '', 'd', '{NOW}')""".replace("{NOW}", NOW)


@pytest.mark.parametrize(
    ("before", "refused", "by"),
    [
        (US, benefit("failed"), "benefit_failed_says_why"),
        ([*US, benefit("granted")], "UPDATE benefit_grant SET substitute_id = id", "benefit_replaced_is_voided"),
        (
            [*US, benefit("granted"), CODE],
            "UPDATE benefit_code SET withdrawn_at = now(), grant_id = (SELECT max(id) FROM benefit_grant)",
            "code_withdrawn_is_nobodys",
        ),
        ([CODE], CODE, "one_code_of_a_supplier"),
        ([*US, benefit("issuing")], request("lost", closed=DONE_AT), "supplier_request_state"),
        ([*US, benefit("issuing")], request("refused"), "supplier_request_closed_at"),
        ([*US, benefit("issuing")], request("issued", closed=DONE_AT), "supplier_request_issued_at"),
        ([], usage("taken"), "supplier_usage_state"),
        ([], usage("parked"), "supplier_usage_state"),
        ([], usage("parked", "'x'", "NULL"), "supplier_usage_names_one"),
        ([*US, benefit("granted")], exchange("lost"), "exchange_state"),
        ([*US, benefit("granted")], exchange("returned"), "exchange_state"),
        ([*US, benefit("granted")], exchange("made", 0), "exchange_costs"),
    ],
)
async def test_what_may_never_be_is_refused(connection: Connection, before: list[str], refused: str, by: str) -> None:
    for statement in before:
        assert await connection.execute(statement) == "INSERT 0 1"
    with pytest.raises((asyncpg.CheckViolationError, asyncpg.UniqueViolationError)) as refusal:
        await connection.execute(refused)
    assert refusal.value.as_dict()["constraint_name"] == by


async def test_codes_that_stood_under_several_benefits_are_one_of_their_supplier_from_now_on(
    connection: Connection,
) -> None:
    """What the migration did to the codes of before, done once more to some like them."""
    steps = import_module("models.migrations.0017_suppliers").CODES
    await connection.execute("ALTER TABLE benefit_code DROP CONSTRAINT one_code_of_a_supplier")
    await connection.execute("ALTER TABLE benefit_code ALTER COLUMN supplier DROP NOT NULL")
    for statement in (*US, *(benefit("granted").replace("'!s'", f"'!{number}'") for number in range(3))):
        await connection.execute(statement)
    for code in ("!b", "!c"):
        await connection.execute(
            f"""INSERT INTO configuration (kind, code, version, state, body, content_hash, branch, maker_id, created_at)
                VALUES ('benefits', '{code}', 1, 'ended', '{{"supplier": "!s"}}', '', 'HQ', 1, '{NOW}')"""
        )
    first, second, third = [
        row[0] for row in await connection.fetch("SELECT id FROM benefit_grant WHERE benefit = '!b'")
    ]
    codes = [
        ("!b", b"free-twice", None),
        ("!c", b"free-twice", None),
        ("!b", b"given-and-free", first),
        ("!c", b"given-and-free", None),
        ("!b", b"given-twice", second),
        ("!c", b"given-twice", third),
    ]
    for of, digest, grant_id in codes:
        await connection.execute(
            f"INSERT INTO benefit_code (benefit, sealed, digest, grant_id, imported_at) VALUES ($1, '', $2, $3, '{NOW}')",
            of,
            digest,
            grant_id,
        )
    for step in steps[:5]:
        await connection.execute(step)
    await connection.execute(steps[-1])
    left = await connection.fetch(
        "SELECT benefit, supplier, digest, grant_id FROM benefit_code WHERE supplier = '!s' ORDER BY id"
    )
    told = [(row[0], row[1], bytes(row[2]), row[3]) for row in left]
    assert told[:3] == [
        ("!b", "!s", b"free-twice", None),
        ("!b", "!s", b"given-and-free", first),
        ("!b", "!s", b"given-twice", second),
    ]
    [(of, supplier, digest, grant_id)] = told[3:]
    assert (of, supplier, grant_id) == ("!c", "!s", third), "both customers keep it"
    assert digest != b"given-twice"
