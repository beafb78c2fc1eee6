"""What the database refuses of risk: above all to change what was decided."""

import asyncpg
import pytest

from tests.models.conftest import Connection
from tests.models.rows import NOW

CUSTOMER = f"INSERT INTO customer (customer_no, name, stage, created_at) VALUES ('!C', '', 'base', '{NOW}')"
_OURS = "FROM customer WHERE customer_no = '!C'"


def decision(decision: str = "deny", shadow: bool = False, passed: bool = False, action: str = "claim") -> str:
    return f"""INSERT INTO risk_decision (customer_id, action, version, rule, decision, shadow, passed, signals, subjects,
                                          at)
               SELECT id, '{action}', 1, '!r', '{decision}', {shadow}, {passed}, '{{}}', '{{"ip": "x"}}', '{NOW}' {_OURS}"""


def hold(kind: str, state: str = "waiting", until: str = f"'{NOW}'", **given: str) -> str:
    columns = {
        "token": "NULL",
        "opens_at": "NULL",
        "hours": "NULL",
        "operator_id": "NULL",
        "decided_at": "NULL",
        **given,
    }
    action = columns.pop("action", "'claim'")
    return f"""INSERT INTO risk_hold (customer_id, action, kind, state, version, rule, tries, created_at, until,
                                      {", ".join(columns)})
               SELECT id, {action}, '{kind}', '{state}', 1, '!r', 0, '{NOW}', {until}, {", ".join(columns.values())} {_OURS}"""


def entry(name: str = "deny", kind: str = "ip", customer: str = "NULL", until: str = "interval '1 day'") -> str:
    return f"""INSERT INTO risk_list_entry (list, kind, subject, customer_id, label, reason, until, operator_id, created_at)
               VALUES ('{name}', '{kind}', '!s', {customer}, '', '', timestamptz '{NOW}' + {until}, 1, '{NOW}')"""


REVIEW = hold("review", until="NULL", hours="24")
DECIDED = {"operator_id": "1", "decided_at": f"'{NOW}'", "hours": "24"}


@pytest.mark.parametrize(
    ("before", "refused", "by"),
    [
        ([], decision("perhaps"), "risk_decision_word"),
        ([], decision(action="dance"), "risk_decision_action"),
        ([], decision(passed=True), "risk_decision_passes"),
        ([], decision("allow"), "risk_decision_passes"),
        ([], decision(shadow=True), "risk_decision_shadow_passes"),
        ([], hold("wish"), "risk_hold_kind"),
        ([], hold("challenge", "lost", token="'t'"), "risk_hold_state"),
        ([], hold("challenge", token="'t'", action="'dance'"), "risk_hold_action"),
        ([], hold("challenge"), "risk_hold_challenge_has_token"),
        ([], hold("delay"), "risk_hold_delay_opens"),
        ([], hold("review", until="NULL"), "risk_hold_review_has_hours"),
        ([], hold("review", "cleared", hours="24"), "risk_hold_was_decided"),
        ([], hold("review", "cleared", "NULL", **DECIDED), "risk_hold_ends"),
        ([REVIEW], REVIEW, "risk_hold_waits_once"),
        ([], entry("nice"), "risk_list_entry_list"),
        ([], entry(kind="phone"), "risk_list_entry_kind"),
        ([], entry(kind="customer"), "risk_list_entry_names_its_customer"),
        ([], entry(until="interval '0'"), "risk_list_entry_lives"),
        ([entry()], entry(), "uid_risk_list"),
    ],
)
async def test_what_may_never_be_is_refused(connection: Connection, before: list[str], refused: str, by: str) -> None:
    for statement in (CUSTOMER, *before):
        assert await connection.execute(statement) == "INSERT 0 1"
    with pytest.raises((asyncpg.CheckViolationError, asyncpg.UniqueViolationError)) as refusal:
        await connection.execute(refused)
    assert str(refusal.value.as_dict()["constraint_name"]).startswith(by)


@pytest.mark.parametrize(
    "allowed",
    [
        [decision("deny", shadow=True, passed=True), decision("limit", passed=True), decision("review")],
        [REVIEW, hold("review", "refused", **DECIDED), hold("challenge", "cleared", token="'t'")],
        [hold("delay", opens_at=f"'{NOW}'"), hold("delay", "spent", opens_at=f"'{NOW}'")],
        [entry(), entry("watch")],
    ],
)
async def test_what_may_be_is_allowed(connection: Connection, allowed: list[str]) -> None:
    for statement in (CUSTOMER, *allowed):
        assert await connection.execute(statement) == "INSERT 0 1"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE risk_decision SET decision = 'allow', passed = true",
        'UPDATE risk_decision SET subjects = \'{"ip": "another"}\'',
        "UPDATE risk_decision SET subjects = '{}', at = at + interval '1 day'",
        "DELETE FROM risk_decision",
        "TRUNCATE risk_decision",
    ],
)
async def test_what_was_decided_stays(connection: Connection, change: str) -> None:
    await connection.execute(CUSTOMER)
    await connection.execute(decision())
    with pytest.raises(asyncpg.RestrictViolationError):
        await connection.execute(change)


async def test_by_which_device_and_address_can_be_forgotten(connection: Connection) -> None:
    await connection.execute(CUSTOMER)
    await connection.execute(decision())
    assert await connection.execute("UPDATE risk_decision SET subjects = '{}' WHERE rule = '!r'") == "UPDATE 1"
