"""What a customer has exchanged."""

from kit import database


async def exchanged_of(customer_id: int) -> dict[str, int]:
    """How often this customer has exchanged for each benefit, without what was given back."""
    rows = await database.fetch(
        "SELECT benefit, count(*) FROM exchange WHERE customer_id = $1 AND state = 'made' GROUP BY benefit", customer_id
    )
    return {row[0]: row[1] for row in rows}
