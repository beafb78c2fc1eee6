"""The live benefits and the admitted suppliers, decoded once per process."""

import asyncio
from dataclasses import dataclass

import msgspec

from domain import approvals
from domain.benefits.definition import BenefitDefinition

KIND, SUPPLIER_KIND = "benefits", "suppliers"


@dataclass(frozen=True)
class Benefit:
    """A live version."""

    version_id: int
    code: str
    definition: BenefitDefinition


class BenefitCatalogue:
    """`live` has the benefits that can be granted: themselves live, of a supplier that is.

    Replaced as a whole when the live set has changed: compare `revision` under the shared lock of the live set."""

    def __init__(self) -> None:
        self.revision = -1
        self.live: dict[str, Benefit] = {}
        self.suppliers: frozenset[str] = frozenset()
        self._loading = asyncio.Lock()

    async def follow(self, revision: int) -> None:
        """Make the catalogue the one of `revision` (as read in the caller's transaction), or newer."""
        if self.revision >= revision:
            return
        async with self._loading:
            if self.revision >= revision:
                return
            self.suppliers = frozenset(version.code for version in await approvals.live(SUPPLIER_KIND))
            live = [
                Benefit(version.id, version.code, msgspec.convert(version.body, BenefitDefinition))
                for version in await approvals.live(KIND)
            ]
            self.live = {one.code: one for one in live if one.definition.supplier in self.suppliers}
            self.revision = revision

    async def refresh(self) -> None:
        """Look whether the live set has changed."""
        await self.follow(await approvals.current_revision())


catalogue = BenefitCatalogue()


async def supplier_admitted(code: str) -> bool:
    """Whether this supplier is admitted and neither suspended nor exited."""
    await catalogue.refresh()
    return code in catalogue.suppliers


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
