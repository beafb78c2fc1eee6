"""People write back to our short messages; whoever refuses gets no marketing by SMS any more."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain import consents, customers
from domain.consents import Decision, Purpose
from domain.messages.replies import refuses
from kit import clock
from kit.database import Connection


class Reply(msgspec.Struct, frozen=True):
    """What came back from a phone; the same `reply_id` is the same reply. `at` is by the gateway's clock."""

    reply_id: str
    phone: str
    text: str
    at: datetime


async def hear_replies(connection: Connection, replies: Sequence[Reply]) -> int:
    """Keep them, each once; returns how many are new. A refusal withdraws the consent of everybody we have written to
    at that phone, and holds for the phone itself until its owner consents anew.

    Joins the caller's transaction; locks customers.
    """
    rows = await connection.fetch(
        """INSERT INTO sms_reply (reply_id, phone, text, refuses, told_at, received_at)
           SELECT t.*, $6 FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::timestamptz[]) AS t
           ON CONFLICT (reply_id) DO NOTHING RETURNING phone, refuses""",
        [one.reply_id for one in replies],
        [one.phone for one in replies],
        [one.text for one in replies],
        [refuses(one.text) for one in replies],
        [one.at for one in replies],
        clock.now(),
    )
    refusing = {row["phone"] for row in rows if row["refuses"]}
    if refusing:
        found = await connection.fetch(
            "SELECT DISTINCT customer_id FROM delivery WHERE channel = 'sms' AND address = ANY($1::text[])",
            list(refusing),
        )
        written_to = [row[0] for row in found]
        await customers.lock(connection, written_to)
        await consents.record(
            connection, [Decision(one, Purpose.MARKETING_SMS, False, "sms") for one in sorted(written_to)]
        )
    return len(rows)


async def note_refusing_phones(connection: Connection, phones: dict[int, str]) -> set[int]:
    """Those of these customers whose phone refused, before we knew that it is theirs, after they last consented to
    marketing by SMS: the consent is withdrawn now. Joins the caller's transaction; locks customers.
    """
    await customers.lock(connection, list(phones))
    rows = await connection.fetch(
        """SELECT t.customer_id FROM unnest($1::bigint[], $2::text[]) AS t (customer_id, phone)
           WHERE EXISTS (SELECT FROM sms_reply r WHERE r.phone = t.phone AND r.refuses AND r.told_at > coalesce(
             (SELECT max(c.at) FROM consent c WHERE c.customer_id = t.customer_id AND c.purpose = $3 AND c.granted),
             '-infinity'))""",
        list(phones),
        list(phones.values()),
        str(Purpose.MARKETING_SMS),
    )
    refusing = {row[0] for row in rows}
    await consents.record(connection, [Decision(one, Purpose.MARKETING_SMS, False, "sms") for one in sorted(refusing)])
    return refusing
