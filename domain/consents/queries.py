"""What a customer has decided, for their own pages."""

from datetime import datetime

import msgspec

from domain.consents.documents import DOCUMENTS
from domain.consents.purpose import WITHOUT_ENTRY, Purpose
from kit import database


class Standing(msgspec.Struct, frozen=True):
    """How one purpose stands; `since` is null for who never decided, `document_version` what they last decided on."""

    purpose: Purpose
    granted: bool
    since: datetime | None
    document_version: str | None

    @property
    def outdated(self) -> bool:
        """Whether the decision was on another text than the present one."""
        return self.document_version not in (None, DOCUMENTS[self.purpose].version)


async def standings(customer_id: int) -> list[Standing]:
    """Every purpose, in the order of `Purpose`. `since` is when the present answer was first given without a break."""
    rows = await database.fetch(
        """SELECT DISTINCT ON (c.purpose) c.purpose, c.granted, c.document_version,
                  (SELECT min(e.at) FROM consent e
                   WHERE e.customer_id = c.customer_id AND e.purpose = c.purpose
                     AND e.id > coalesce((SELECT max(o.id) FROM consent o
                                          WHERE o.customer_id = c.customer_id AND o.purpose = c.purpose
                                            AND o.granted <> c.granted), 0)) AS since
           FROM consent c WHERE c.customer_id = $1 ORDER BY c.purpose, c.id DESC""",
        customer_id,
    )
    found = {row["purpose"]: row for row in rows}
    return [
        Standing(purpose, row["granted"], row["since"], row["document_version"])
        if (row := found.get(purpose)) is not None
        else Standing(purpose, purpose in WITHOUT_ENTRY, None, None)
        for purpose in Purpose
    ]
