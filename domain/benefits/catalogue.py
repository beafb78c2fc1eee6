"""The live benefits and every supplier that was ever admitted, decoded once per process."""

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from domain import approvals, audiences, campaigns
from domain.approvals import LiveCatalogue, State
from domain.benefits.definition import BenefitDefinition, SupplierDefinition

KIND, SUPPLIER_KIND = "benefits", "suppliers"


class Standing(StrEnum):
    """How we stand with a supplier."""

    ADMITTED = "admitted"
    SUSPENDED = "suspended"
    EXITED = "exited"


_STANDING = {State.LIVE: Standing.ADMITTED, State.PAUSED: Standing.SUSPENDED, State.ENDED: Standing.EXITED}


@dataclass(frozen=True)
class Supplier:
    """The last version that was ever live."""

    code: str
    standing: Standing
    definition: SupplierDefinition


@dataclass(frozen=True)
class Benefit:
    """A live version."""

    version_id: int
    code: str
    definition: BenefitDefinition

    def open_to(self, customer_id: int) -> bool:
        """Whether its campaign is there for this customer."""
        return campaigns.admission.admits(self.definition.campaign, customer_id)

    def exchangeable_by(self, customer_id: int) -> bool:
        """Whether it can be exchanged for, and this customer is among those who may."""
        terms = self.definition.exchange
        return terms is not None and audiences.reaches(terms.audience, terms.exclude, customer_id)


class BenefitCatalogue(LiveCatalogue):
    """`live` has the benefits that can be granted: themselves live, of a supplier that is."""

    def __init__(self) -> None:
        super().__init__()
        self.live: dict[str, Benefit] = {}
        self.suppliers: dict[str, Supplier] = {}

    async def load(self, revision: int) -> None:
        """Decode suppliers and benefits."""
        await campaigns.admission.follow(revision)
        # By code and version: what stands last is what holds. A draft that was withdrawn was never live.
        self.suppliers = {
            version.code: Supplier(
                version.code, _STANDING[State(version.state)], msgspec.convert(version.body, SupplierDefinition)
            )
            for version in await approvals.in_states(SUPPLIER_KIND, _STANDING)
            if version.live_at is not None
        }
        live = [
            Benefit(version.id, version.code, msgspec.convert(version.body, BenefitDefinition))
            for version in await approvals.live(KIND)
        ]
        self.live = {one.code: one for one in live if self.admitted(one.definition.supplier)}

    def admitted(self, code: str) -> bool:
        """Whether this supplier may issue anything new."""
        supplier = self.suppliers.get(code)
        return supplier is not None and supplier.standing is Standing.ADMITTED


catalogue = BenefitCatalogue()


async def supplier_admitted(code: str) -> bool:
    """Whether this supplier is admitted and neither suspended nor exited."""
    await catalogue.refresh()
    return catalogue.admitted(code)


async def supplier_of(code: str) -> Supplier | None:
    """A supplier that is or was admitted, None for any other."""
    await catalogue.refresh()
    return catalogue.suppliers.get(code)


async def benefit_exists(code: str) -> bool:
    """Whether this benefit can be granted: neither it nor its supplier is paused or ended."""
    await catalogue.refresh()
    return code in catalogue.live


def benefit_name(code: str) -> str:
    """The name of a live benefit; of any other its code, which is all we know here."""
    benefit = catalogue.live.get(code)
    return benefit.definition.name if benefit else code


def benefit_cost_fen(code: str) -> int:
    """What one grant of a live benefit costs; 0 for any other."""
    benefit = catalogue.live.get(code)
    return benefit.definition.cost_fen if benefit else 0
