"""What /metrics says of suppliers: it reads what the workers left in the database."""

from prometheus_client import REGISTRY

from domain import suppliers
from kit import database
from server.metrics import _count_suppliers
from tests.domain.benefits.stage import benefit, grant
from tests.domain.suppliers.conftest import keys_dir, people, twin
from tests.domain.suppliers.twin import Twin

__all__ = ["keys_dir", "people", "twin"]


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"cardquest_supplier_{name}", {"supplier": "films", **labels})


async def test_calls_their_outcomes_and_the_breaker_can_be_watched(twin: Twin, people: list[int]) -> None:
    await twin.admit(api={"failures_to_open": 1})
    await benefit("ticket", stock_mode="supplier_api", supplier="films")
    await grant((people[0], "ticket", "a"))
    await suppliers.ask_suppliers()
    await twin.decide_next("refused")
    await grant((people[1], "ticket", "b"))
    await suppliers.ask_suppliers()
    await _count_suppliers()
    assert [value("calls", outcome=one) for one in ("answered", "refused", "unanswered")] == [1, 1, 0]
    assert (value("gate_open"), value("requests_waiting")) == (0, 0)
    await twin.fault("connection_reset")
    await grant((people[2], "ticket", "c"))
    await suppliers.ask_suppliers()
    await _count_suppliers()
    assert (value("calls", outcome="unanswered"), value("gate_open"), value("requests_waiting")) == (1, 1, 1)
    assert await database.fetchval("SELECT tokens FROM supplier_gate") == value("gate_calls_left")
