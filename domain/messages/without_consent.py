"""Who has agreed to none of the ways by which a marketing message would go."""

from collections.abc import Collection

from domain import consents
from domain.messages import channel_rules
from domain.messages.catalogue import catalogue
from domain.messages.people import PURPOSES
from kit.database import Connection


async def without_consent(connection: Connection, template: str, customer_ids: Collection[int]) -> set[int]:
    """Those of `customer_ids` to whom none of the channels of a live marketing template is open; nobody for a service
    message, nor for one that stays in the inbox. The caller has made the catalogue follow.
    """
    live = catalogue.live.get(template)
    if live is None or live.definition.category != "marketing" or not live.definition.channels:
        return set()
    closed = set(customer_ids)
    for channel in sorted({channel_rules.channel_name(one) for one in live.definition.channels}):
        closed -= await consents.granted(connection, closed, PURPOSES[channel])
    return closed
