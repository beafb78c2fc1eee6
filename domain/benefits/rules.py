"""Until when a benefit is valid, and whether one more may be granted. Pure."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from domain.benefits.definition import BenefitDefinition, Validity
from kit import clock


def valid_until(validity: Validity, granted_at: datetime) -> datetime:
    """The instant; days end at midnight in Shanghai after the last of them."""
    if validity.until is not None:
        return validity.until
    return clock.start_of_day(clock.business_day(granted_at) + timedelta(days=(validity.days or 0) + 1))


class Ledger:
    """What is left of each benefit, and what each customer has had of it, while a batch is decided in order."""

    def __init__(self, left: Mapping[str, int | None], had: Mapping[tuple[str, int], int]) -> None:
        self._left = dict(left)
        self._had = Counter(had)

    def take(self, code: str, definition: BenefitDefinition | None, customer_id: int) -> str | None:
        """Count one more, or say why not: `benefit.not_offered`, `benefit.personal_cap`, `benefit.out_of_stock`."""
        if definition is None or code not in self._left:
            return "benefit.not_offered"
        if definition.per_person is not None and self._had[code, customer_id] >= definition.per_person:
            return "benefit.personal_cap"
        left = self._left[code]
        if left is not None and left <= 0:
            return "benefit.out_of_stock"
        self._left[code] = None if left is None else left - 1
        self._had[code, customer_id] += 1
        return None

    def put_back(self, code: str, customer_id: int) -> None:
        """Undo a `take`: something else keeps this customer from it."""
        left = self._left[code]
        self._left[code] = None if left is None else left + 1
        self._had[code, customer_id] -= 1
