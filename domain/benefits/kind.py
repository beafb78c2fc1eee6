"""Suppliers and benefits as kinds of configuration."""

from urllib.parse import urlsplit

from domain import audiences, campaigns
from domain.approvals import Kind, Version
from domain.benefits.catalogue import KIND, SUPPLIER_KIND, catalogue, supplier_admitted
from domain.benefits.definition import BenefitDefinition, SupplierDefinition
from domain.operators import OperatorIdentity
from kit import clock, database
from kit.database import Connection
from kit.errors import Fault, RuleViolated
from kit.rsa import LEAST_BITS, public_key


async def check_supplier(code: str, definition: SupplierDefinition) -> None:
    """Raises `RuleViolated` (`supplier.impossible`) with the path of each fault."""
    await catalogue.refresh()
    faults: list[Fault] = []
    if definition.public_key and not _is_key(definition.public_key):
        detail = f"the PEM of an RSA public key of at least {LEAST_BITS} bits"
        faults.append(Fault("public_key", "supplier.public_key", detail))
    if definition.api is not None and not _is_address(definition.api.url):
        faults.append(Fault("api.url", "supplier.url", "http:// or https:// and a host, without query or fragment"))
    if definition.api is None and await _is_needed(code):
        detail = "benefits it issues on request are live, or requests to it have no outcome yet"
        faults.append(Fault("api", "supplier.api", detail))
    for benefit, substitute in (definition.exit.substitute if definition.exit else {}).items():
        known = catalogue.live.get(substitute)
        if known is None or known.definition.supplier == code:
            detail = f"{substitute!r} is no live benefit of another, admitted supplier"
            faults.append(Fault(f"exit.substitute.{benefit}", "supplier.substitute", detail))
    if faults:
        raise RuleViolated("supplier.impossible", "权益商设置有误，请按所列路径修改", faults)


async def _is_needed(supplier: str) -> bool:
    """Whether this supplier has to be asked for something, now or by what is live."""
    live = (one.definition for one in catalogue.live.values())
    if any(one.supplier == supplier and one.stock_mode == "supplier_api" for one in live):
        return True
    waiting = "SELECT 1 FROM supplier_request WHERE supplier = $1 AND state = 'waiting' LIMIT 1"
    return await database.fetchval(waiting, supplier) is not None


def _is_key(pem: str) -> bool:
    try:
        public_key(pem.encode())
    except ValueError:
        return False
    return True


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
    except ValueError:
        return False


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
    elif definition.stock_mode == "supplier_api" and catalogue.suppliers[definition.supplier].definition.api is None:
        faults.append(Fault("stock_mode", "benefit.supplier_api", "its supplier's document names no api"))
    if definition.campaign is not None and not await campaigns.campaign_exists(definition.campaign):
        detail = f"there is no running campaign {definition.campaign!r}"
        faults.append(Fault("campaign", "benefit.unknown_reference", detail))
    if definition.exchange is not None:
        faults += await audiences.reach_faults("exchange.", definition.exchange.audience, definition.exchange.exclude)
    if faults:
        raise RuleViolated("benefit.impossible", "权益设置有误，请按所列路径修改", faults)


async def supplier_went_live(connection: Connection, version: Version) -> None:
    """Nothing follows."""


async def benefit_went_live(connection: Connection, version: Version) -> None:
    """Bring the counter to what the version says.

    Raises `RuleViolated` (`benefit.stock_mode_fixed`, `benefit.supplier_fixed`, `benefit.stock_below_issued`).
    """
    stock: int | None = version.body.get("stock")
    for name, what in (("stock_mode", "库存方式"), ("supplier", "权益商")):
        other = await connection.fetchval(
            """SELECT 1 FROM configuration WHERE kind = $1 AND code = $2 AND live_at IS NOT NULL
                 AND body ->> $3 <> $4 LIMIT 1""",
            KIND,
            version.code,
            name,
            version.body[name],
        )
        if other is not None:
            fault = Fault(name, f"benefit.{name}_fixed", "cannot change once the benefit has been live")
            raise RuleViolated(fault.code, f"权益上线后不能更改{what}", [fault])
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


def most_it_costs(definition: BenefitDefinition) -> int:
    """All of its stock; where that is not bounded here, one piece."""
    return (definition.stock or 1) * definition.cost_fen


async def may_write(operator: OperatorIdentity, definition: BenefitDefinition) -> None:
    """Raises `RuleViolated` (`audience.foreign`)."""
    terms = definition.exchange
    named = [("exchange.audience", terms.audience), ("exchange.exclude", terms.exclude)] if terms else []
    await audiences.check_may_name(operator, named)


BENEFITS = Kind(KIND, BenefitDefinition, check_benefit, benefit_went_live, most_it_costs, may_write=may_write)
