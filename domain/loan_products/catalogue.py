"""The loan products in force, decoded once per process."""

import asyncio

import msgspec

from domain import approvals
from domain.loan_products.definition import BUILT_IN, LoanProducts

KIND = "loan-products"
CODE = "default"
"""The one document that applies; those under other codes may be prepared and approved, but no loan is of them."""


class ProductCatalogue:
    """Replaced as a whole when the live set has changed."""

    def __init__(self) -> None:
        self.revision = -1
        self.in_force = BUILT_IN
        self._loading = asyncio.Lock()

    async def refresh(self) -> None:
        """Look whether the live set has changed."""
        revision = await approvals.current_revision()
        async with self._loading:
            if self.revision >= revision:
                return
            live = [version for version in await approvals.live(KIND) if version.code == CODE]
            self.in_force = msgspec.convert(live[0].body, LoanProducts) if live else BUILT_IN
            self.revision = revision

    def party_names(self) -> dict[str, str]:
        """What customers read for the parties' codes."""
        return {party.code: party.name for party in (*self.in_force.asset_parties, *self.in_force.funding_parties)}


catalogue = ProductCatalogue()
