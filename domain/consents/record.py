"""A decision is kept beside all those before it."""

from collections.abc import Sequence

from domain.consents.documents import DOCUMENTS
from domain.consents.purpose import Decision
from kit import clock
from kit.database import Connection


async def record(connection: Connection, decisions: Sequence[Decision]) -> None:
    """Add those that say something new about the present text; of several on the same purpose the last one counts.

    The caller holds the customers' locks, so that the order of the entries is the order of the decisions.
    """
    latest = {(one.customer_id, one.purpose): one for one in decisions}
    await connection.execute(
        """INSERT INTO consent (customer_id, purpose, granted, document_version, via, at)
           SELECT t.customer_id, t.purpose, t.granted, t.version, t.via, $6
           FROM unnest($1::bigint[], $2::text[], $3::boolean[], $4::text[], $5::text[])
                AS t (customer_id, purpose, granted, version, via)
           LEFT JOIN LATERAL (SELECT c.granted, c.document_version FROM consent c
                              WHERE c.customer_id = t.customer_id AND c.purpose = t.purpose
                              ORDER BY c.id DESC LIMIT 1) c ON true
           WHERE (c.granted, c.document_version) IS DISTINCT FROM (t.granted, t.version)
           ORDER BY t.customer_id, t.purpose""",
        [one.customer_id for one in latest.values()],
        [str(one.purpose) for one in latest.values()],
        [one.granted for one in latest.values()],
        [DOCUMENTS[one.purpose].version for one in latest.values()],
        [one.via for one in latest.values()],
        clock.now(),
    )
