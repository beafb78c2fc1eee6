"""The loan products in force, decoded once per process."""

import msgspec

from domain import approvals
from domain.approvals import LiveCatalogue
from domain.loan_products.definition import BUILT_IN, LoanProducts

KIND = "loan-products"
CODE = "default"
"""The one document that applies; those under other codes may be prepared and approved, but no loan is of them."""


class ProductCatalogue(LiveCatalogue):
    """The document in force."""

    def __init__(self) -> None:
        super().__init__()
        self.in_force = BUILT_IN

    async def load(self, revision: int) -> None:
        """Decode the document."""
        live = [version for version in await approvals.live(KIND) if version.code == CODE]
        self.in_force = msgspec.convert(live[0].body, LoanProducts) if live else BUILT_IN

    def party_names(self) -> dict[str, str]:
        """What customers read for the parties' codes."""
        return {party.code: party.name for party in (*self.in_force.asset_parties, *self.in_force.funding_parties)}


catalogue = ProductCatalogue()
