"""Write messages into inboxes and for sending, in the transaction of what they tell about."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from domain import approvals
from domain.messages import channel_rules, rules
from domain.messages.catalogue import catalogue
from domain.messages.definition import PRIORITIES
from domain.messages.rules import Value
from kit import clock, database, logging, redis
from kit.database import Connection

log = logging.get("messages")


class Notice(msgspec.Struct, frozen=True):
    """A message to write. `dedupe_key` (at most 80 characters) makes a customer get it once; `link` is where it leads
    unless its template says otherwise.
    """

    customer_id: int
    template: str
    dedupe_key: str
    variables: Mapping[str, Value] = {}
    link: str | None = None


async def prepare(connection: Connection, notices: Sequence[Notice]) -> None:
    """Write each once, with its deliveries by the channels of its template. Joins the caller's transaction; the caller
    holds the customers' locks.

    Never fails its caller: a template that is not live any more is logged and nothing is written.
    """
    if not notices:
        return
    await catalogue.follow(await approvals.share_live_set(connection))
    rows = [row for notice in notices if (row := _row(notice)) is not None]
    if not rows:
        return
    now = clock.now()
    # Of a message that stands twice in the list the first one counts, and its deliveries with it.
    once = {(notice.customer_id, notice.dedupe_key): notice for notice in reversed(notices)}
    deliveries = [one for notice in once.values() for one in _deliveries(notice, now)]
    await connection.execute(
        """WITH written AS (
             INSERT INTO message (customer_id, version_id, template, title, body, link, category, dedupe_key,
                                  created_at, change_no)
             SELECT t.*, $9, nextval('change_no')
             FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                         $8::text[]) AS t
             ON CONFLICT (customer_id, dedupe_key) DO NOTHING
             RETURNING id, customer_id, dedupe_key, category)
           INSERT INTO delivery (message_id, customer_id, category, position, channel, priority, loan_offer, content,
                                 due_at, useful_until, state, attempts, created_at)
           SELECT w.id, w.customer_id, w.category, d.position, d.channel, d.priority, d.loan_offer, d.content::jsonb,
                  d.due_at, d.useful_until, 'waiting', 0, $9
           FROM unnest($10::bigint[], $11::text[], $12::int[], $13::text[], $14::int[], $15::boolean[], $16::text[],
                       $17::timestamptz[], $18::timestamptz[])
                AS d (customer_id, dedupe_key, position, channel, priority, loan_offer, content, due_at, useful_until)
           JOIN written w USING (customer_id, dedupe_key) ORDER BY w.id, d.position""",
        *(list(column) for column in zip(*rows, strict=True)),
        now,
        *([list(column) for column in zip(*deliveries, strict=True)] if deliveries else [[]] * 9),
    )
    told = sorted({row[0] for row in rows})
    database.after_commit(lambda: redis.publish_changed(told))


_Row = tuple[int, int, str, str, str, str | None, str, str]


def _row(notice: Notice) -> _Row | None:
    template = catalogue.live.get(notice.template)
    if template is None:
        log.warning("message.template_not_live", template=notice.template, dedupe_key=notice.dedupe_key)
        return None
    definition = template.definition
    title, body = rules.written(definition, notice.variables)
    return (
        notice.customer_id,
        template.version_id,
        template.code,
        title,
        body,
        definition.link or notice.link,
        definition.category,
        notice.dedupe_key,
    )


_Delivery = tuple[int, str, int, str, int, bool, str, datetime, datetime]


def _deliveries(notice: Notice, now: datetime) -> list[_Delivery]:
    template = catalogue.live.get(notice.template)
    if template is None:
        return []
    definition = template.definition
    link = definition.link or notice.link
    useful_until = now + timedelta(hours=definition.useful_for_hours)
    return [
        (
            notice.customer_id,
            notice.dedupe_key,
            position,
            one.channel,
            PRIORITIES.index(definition.priority),
            definition.loan_offer,
            msgspec.json.encode(one.content).decode(),
            now + one.due_after,
            useful_until,
        )
        for position, one in enumerate(channel_rules.contents(definition, notice.variables, link, catalogue.policy))
    ]
