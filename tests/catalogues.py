"""What the test process holds of the live set."""

import pytest

from domain import (
    audiences,
    benefits,
    campaigns,
    coupons,
    experience,
    journeys,
    loan_products,
    messages,
    risk,
    tags,
    tasks,
)
from domain.tasks.exclusions import exclusions

CATALOGUES = (
    audiences.catalogue,
    experience.catalogue,
    loan_products.catalogue,
    coupons.catalogue,
    benefits.catalogue,
    messages.catalogue,
    tags.catalogue,
    risk.catalogue,
    tasks.catalogue,
    journeys.catalogue,
    campaigns.admission,
    exclusions,
)


def forget_live_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the test is over they are as in a process that has just begun: for a test with a database of its own, whose
    ids mean something else.
    """
    for catalogue in CATALOGUES:
        monkeypatch.setattr(catalogue, "__dict__", type(catalogue)().__dict__)
