"""What the database refuses of deliveries and subscriptions."""

import asyncpg
import pytest

from tests.models.conftest import Connection
from tests.models.rows import CUSTOMER, LIVE, NOW


def message() -> str:
    return f"""INSERT INTO message (customer_id, version_id, template, title, body, category, dedupe_key, created_at,
                                    change_no)
               SELECT c.id, v.id, 't', 't', 'b', 'service', '!k', '{NOW}', 1 FROM customer c, configuration v
               WHERE c.customer_no = '!C' AND v.code = '!a'"""


def delivery(**changed: str) -> str:
    given = {
        "position": "0",
        "channel": "'sms'",
        "category": "'service'",
        "state": "'waiting'",
        "reason": "NULL",
        "due_at": f"'{NOW}'",
        "provider_id": "NULL",
        "asked_at": "NULL",
        "sent_at": "NULL",
        "ended_at": "NULL",
        **changed,
    }
    return f"""INSERT INTO delivery (message_id, customer_id, priority, loan_offer, content, attempts, useful_until,
                                     created_at, {", ".join(given)})
               SELECT m.id, m.customer_id, 1, false, '{{}}', 0, '{NOW}', '{NOW}', {", ".join(given.values())}
               FROM message m WHERE m.dedupe_key = '!k'"""


ENDED = {"due_at": "NULL", "ended_at": f"'{NOW}'"}
SENT = {"due_at": "NULL", "state": "'sent'", "asked_at": f"'{NOW}'", "sent_at": f"'{NOW}'"}


@pytest.mark.parametrize(
    ("before", "refused", "by"),
    [
        ([], delivery(channel="'fax'"), "delivery_channel"),
        ([], delivery(category="'spam'"), "delivery_category"),
        ([], delivery(channel="'wechat_notice'", category="'marketing'"), "delivery_no_marketing_notice"),
        ([], delivery(state="'lost'", due_at="NULL"), "delivery_state"),
        ([], delivery(due_at="NULL"), "delivery_due_while_open"),
        ([], delivery(state="'sending'"), "delivery_sent_was_asked"),
        ([], delivery(**{**SENT, "sent_at": "NULL"}), "delivery_sent_has_a_time"),
        ([], delivery(state="'skipped'", **ENDED), "delivery_end_says_why"),
        ([], delivery(state="'failed'", reason="'x'", due_at="NULL"), "delivery_ended"),
        ([delivery()], delivery(channel="'push'"), "uid_delivery"),
        (
            [delivery(**SENT, provider_id="'S1'")],
            delivery(**SENT, provider_id="'S1'", position="1"),
            "delivery_of_provider",
        ),
        (
            [],
            f"INSERT INTO subscription (openid, template_id, remaining, changed_at) VALUES ('!o', 't', -1, '{NOW}')",
            "subscription_remaining",
        ),
    ],
)
async def test_what_may_never_be_is_refused(connection: Connection, before: list[str], refused: str, by: str) -> None:
    for statement in (CUSTOMER, LIVE, message(), *before):
        await connection.execute(statement)
    with pytest.raises((asyncpg.CheckViolationError, asyncpg.UniqueViolationError)) as refusal:
        await connection.execute(refused)
    assert refusal.value.as_dict()["constraint_name"].startswith(by)


async def test_what_is_as_it_should_be_is_taken(connection: Connection) -> None:
    for statement in (CUSTOMER, LIVE, message()):
        await connection.execute(statement)
    for statement in (delivery(**SENT, provider_id="'S1'"), delivery(position="1")):
        assert await connection.execute(statement) == "INSERT 0 1"
