"""An operator is told what is masked of one customer."""

from collections.abc import Collection
from enum import StrEnum

import msgspec

from domain import customers, events, ports
from domain.operators import OperatorIdentity, Role, acted, check_role
from domain.reveals import rules
from kit import clock, database, logging
from kit.errors import Unavailable

log = logging.get("reveals")


class Field(StrEnum):
    """What can be asked for."""

    NAME = "name"
    PHONE = "phone"
    CARD = "card"


class Card(msgspec.Struct, frozen=True):
    """A card of the customer's events: the card core knows it by its token, nobody here by its number."""

    token: str
    last4: str | None
    product: str | None


class Revealed(msgspec.Struct, frozen=True):
    """What was asked for; the rest is None, as is a phone the card core does not know."""

    name: str | None
    phone: str | None
    cards: list[Card] | None


async def reveal(operator: OperatorIdentity, customer_no: str, fields: Collection[Field], reason: str) -> Revealed:
    """Tell the fields of a customer of the operator's branches, once. The act is on record before anything is told, and
    counts even if the card core then does not answer.

    Raises `Forbidden` (`operator.missing_role`), `NotFound` (`customer.not_found`), `Conflict` (`reveal.day_ceiling`),
    `Unavailable` (`card_core.unavailable`).
    """
    check_role(operator, Role.SUPPORT)
    who = await customers.seen_by(operator, customer_no)
    asked = sorted({str(field) for field in fields})
    async with database.transaction() as connection:
        # The operator's row is the lock that makes two at once two.
        await connection.execute("SELECT FROM operator WHERE id = $1 FOR NO KEY UPDATE", operator.operator_id)
        today = await connection.fetchval(
            "SELECT count(*) FROM reveal WHERE operator_id = $1 AND day = $2", operator.operator_id, clock.today()
        )
        rules.check_ceiling(today)
        await connection.execute(
            """INSERT INTO reveal (operator_id, customer_id, asked, reason, day, at)
               VALUES ($1, $2, $3::jsonb, $4, $5, $6)""",
            operator.operator_id,
            who.id,
            msgspec.json.encode(asked).decode(),
            reason,
            clock.today(),
            clock.now(),
        )
        detail = {"fields": asked, "reason": reason}
        await acted(connection, operator, "customer.reveal", f"customers/{customer_no}", detail)
    log.info("customer.revealed", customer_id=who.id, fields=asked, operator=operator.username)
    return Revealed(
        name=who.name if Field.NAME in asked else None,
        phone=await _phone(customer_no) if Field.PHONE in asked else None,
        cards=[Card(*card) for card in await events.cards_of(who.id)] if Field.CARD in asked else None,
    )


async def _phone(customer_no: str) -> str | None:
    try:
        return await ports.get().card_core.phone_of(customer_no)
    except ports.NoAnswer:
        raise Unavailable("card_core.unavailable", "核心系统暂时没有应答，请稍后再试") from None
