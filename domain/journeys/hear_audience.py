"""Journeys hear of customers who entered an audience."""

from collections.abc import Sequence

from domain import approvals, customers
from domain.facts import AudienceEntered
from domain.journeys.catalogue import catalogue
from domain.journeys.hear import let_in
from kit.database import Connection


async def hear_audience(connection: Connection, facts: Sequence[AudienceEntered]) -> None:
    """Let those who entered into the journeys that begin with it. Locks the customers, then shares the live set."""
    await catalogue.refresh()
    concerned = [fact for fact in facts if f"audience:{fact.audience}" in catalogue.entries]
    if not concerned:
        return
    await customers.lock(connection, {customer_id for fact in concerned for customer_id in fact.customer_ids})
    await catalogue.follow(await approvals.share_live_set(connection))
    for fact in concerned:
        await let_in(connection, f"audience:{fact.audience}", fact.customer_ids)
