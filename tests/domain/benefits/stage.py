"""Benefits that are live, with codes or without."""

from typing import Any

from domain import benefits, customers
from domain.approvals import Version
from domain.benefits import BENEFITS, SUPPLIERS, Issued, IssueFailure, IssueOrder
from kit import database
from tests.domain.coupons.stage import MAKER, publish


def document(**changes: Any) -> dict[str, Any]:
    """A benefit as an operator would write it."""
    return {
        "name": "咖啡券",
        "kind": "voucher_code",
        "supplier": "coffee",
        "validity": {"days": 30},
        "face_value_fen": 3_000,
        "cost_fen": 2_000,
        "how_to_use": "到店出示券码",
        **changes,
    }


async def benefit(code: str, codes: int = 0, **changes: Any) -> Version:
    """A live benefit of an admitted supplier, with so many codes imported."""
    if not await database.fetchval("SELECT 1 FROM configuration WHERE kind = 'suppliers' AND code = 'coffee'"):
        await publish(SUPPLIERS, "coffee", {"name": "咖啡连锁"})
    version = await publish(BENEFITS, code, document(**changes))
    if codes:
        await benefits.import_codes(MAKER, code, [f"{code}-{number:04d}" for number in range(codes)])
    return version


async def grant(*orders: tuple[int, str, str]) -> list[Issued | IssueFailure]:
    """(customer, benefit, source) each, in one transaction."""
    async with database.transaction() as connection:
        await customers.lock(connection, {customer for customer, _, _ in orders})
        return await benefits.issue(connection, [IssueOrder(*order, "test") for order in orders])
