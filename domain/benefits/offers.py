"""The benefits that can be had now, and whether any are left."""

import msgspec

from domain.benefits.catalogue import Benefit, catalogue
from domain.benefits.rules import is_over
from kit import clock, database


class Offer(msgspec.Struct, frozen=True):
    """A live benefit of an admitted supplier; `exchangeable` where this customer may exchange for it."""

    benefit: Benefit
    supplier_name: str
    sold_out: bool
    exchangeable: bool


async def offers(customer_id: int) -> list[Offer]:
    """Every benefit this customer could be granted now, the oldest version first; not those whose validity is over."""
    await catalogue.refresh()
    now = clock.now()
    open_ = [
        one for one in catalogue.live.values() if one.open_to(customer_id) and not is_over(one.definition.validity, now)
    ]
    rows = await database.fetch(
        """SELECT s.benefit FROM benefit_stock s
           JOIN unnest($1::text[], $2::bool[]) AS t (benefit, by_code) USING (benefit)
           WHERE CASE WHEN t.by_code THEN NOT EXISTS (
                        SELECT FROM benefit_code c
                        WHERE c.benefit = s.benefit AND c.grant_id IS NULL AND c.withdrawn_at IS NULL)
                      ELSE s.issued >= s.stock END""",
        [one.code for one in open_],
        [one.definition.stock_mode == "codes" for one in open_],
    )
    gone = {row[0] for row in rows}
    return [
        Offer(
            one,
            catalogue.suppliers[one.definition.supplier].definition.name,
            one.code in gone,
            one.exchangeable_by(customer_id),
        )
        for one in sorted(open_, key=lambda one: one.version_id)
    ]
