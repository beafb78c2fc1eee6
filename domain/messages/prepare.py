"""Write messages into inboxes, in the transaction of what they tell about."""

from collections.abc import Mapping, Sequence

import msgspec

from domain import approvals
from domain.messages import rules
from domain.messages.catalogue import catalogue
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
    """Write each once. Joins the caller's transaction; the caller holds the customers' locks.

    Never fails its caller: a template that is not live any more is logged and nothing is written.
    """
    if not notices:
        return
    await catalogue.follow(await approvals.share_live_set(connection))
    rows = [row for notice in notices if (row := _row(notice)) is not None]
    if not rows:
        return
    await connection.execute(
        """INSERT INTO message (customer_id, version_id, template, title, body, link, category, dedupe_key, created_at,
                                change_no)
           SELECT t.*, $9, nextval('change_no')
           FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                       $8::text[]) AS t
           ON CONFLICT (customer_id, dedupe_key) DO NOTHING""",
        *(list(column) for column in zip(*rows, strict=True)),
        clock.now(),
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
