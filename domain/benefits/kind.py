"""Suppliers and benefits as kinds of configuration."""

from domain import campaigns
from domain.approvals import Kind, Version
from domain.benefits.catalogue import KIND, SUPPLIER_KIND, supplier_admitted
from domain.benefits.definition import BenefitDefinition, SupplierDefinition
from kit import clock
from kit.database import Connection
from kit.errors import Fault, RuleViolated


async def check_supplier(code: str, definition: SupplierDefinition) -> None:
    """Nothing to refuse beyond the shape."""


async def check_benefit(code: str, definition: BenefitDefinition) -> None:
    """Raises `RuleViolated` (`benefit.impossible`) with the path of each fault."""
    faults: list[Fault] = []
    validity = definition.validity
    if (validity.days is None) == (validity.until is None):
        faults.append(Fault("validity", "benefit.validity", "exactly one of days and until"))
    if validity.until is not None and validity.until <= clock.now():
        faults.append(Fault("validity.until", "benefit.validity", "must lie ahead"))
    if definition.stock_mode == "codes" and definition.stock is not None:
        faults.append(Fault("stock", "benefit.stock", "there are as many as codes are imported"))
    if not await supplier_admitted(definition.supplier):
        detail = f"there is no admitted supplier {definition.supplier!r}"
        faults.append(Fault("supplier", "benefit.unknown_reference", detail))
    if definition.campaign is not None and not await campaigns.campaign_exists(definition.campaign):
        detail = f"there is no running campaign {definition.campaign!r}"
        faults.append(Fault("campaign", "benefit.unknown_reference", detail))
    if faults:
        raise RuleViolated("benefit.impossible", "权益设置有误，请按所列路径修改", faults)


async def supplier_went_live(connection: Connection, version: Version) -> None:
    """Nothing follows."""


async def benefit_went_live(connection: Connection, version: Version) -> None:
    """Bring the counter to what the version says.

    Raises `RuleViolated` (`benefit.stock_mode_fixed`, `benefit.stock_below_issued`).
    """
    stock: int | None = version.body.get("stock")
    other = await connection.fetchval(
        """SELECT 1 FROM configuration WHERE kind = $1 AND code = $2 AND live_at IS NOT NULL
             AND body ->> 'stock_mode' <> $3 LIMIT 1""",
        KIND,
        version.code,
        version.body["stock_mode"],
    )
    if other is not None:
        fault = Fault("stock_mode", "benefit.stock_mode_fixed", "cannot change once the benefit has been live")
        raise RuleViolated(fault.code, "权益上线后不能更改库存方式", [fault])
    kept = await connection.fetchval(
        """INSERT INTO benefit_stock (benefit, stock, issued) VALUES ($1, $2, 0)
           ON CONFLICT (benefit) DO UPDATE SET stock = excluded.stock
             WHERE excluded.stock IS NULL OR benefit_stock.issued <= excluded.stock
           RETURNING benefit""",
        version.code,
        stock,
    )
    if kept is None:
        fault = Fault("stock", "benefit.stock_below_issued", f"more than {stock} were granted already")
        raise RuleViolated(fault.code, "库存不能低于已发放数量", [fault])


SUPPLIERS = Kind(SUPPLIER_KIND, SupplierDefinition, check_supplier, supplier_went_live)
BENEFITS = Kind(KIND, BenefitDefinition, check_benefit, benefit_went_live)
