"""Tables of rules that are live, attempts from places, and what became of them."""

from datetime import datetime
from typing import Any

import msgspec

from domain import approvals, coupons, customers, risk
from domain.coupons import OfferClaim
from domain.operators import HEAD_OFFICE, OperatorIdentity, Role
from domain.risk import RISK_RULES, Attempt, Origin
from kit import clock, database
from kit.errors import DomainError
from tests.domain.coupons.stage import publish, publish_template

OFFICER = OperatorIdentity(3, "officer", "风控", frozenset(Role), HEAD_OFFICE)
ALWAYS = {"signal": "known", "by": "customer"}
HIT = {"signal": "attempts", "by": "device", "seconds": 60, "at_least": 3}


def rule(decision: str = "deny", name: str | None = None, when: Any = None, **more: Any) -> dict[str, Any]:
    """A rule that fits every claim of a coupon unless told otherwise."""
    return {
        "name": name or decision,
        "actions": ["coupon_claim"],
        "when": ALWAYS if when is None else when,
        "decision": decision,
        **more,
    }


async def live(*rules: dict[str, Any]) -> approvals.Version:
    """The table that is live from now on."""
    version = await publish(RISK_RULES, "default", {"rules": list(rules)})
    await risk.catalogue.refresh()
    return version


def origin(device: str | None = "device-1", ip: str | None = "203.0.113.7", **more: Any) -> Origin:
    """A place a request comes from, now unless told otherwise."""
    return Origin(**{"at": clock.now(), "device": device, "ip": ip, "channel": "bank_app", **more})


def attempt(customer_id: int, where: Origin | None = None, action: str = "coupon_claim") -> Attempt:
    """An attempt."""
    return Attempt(customer_id, action, where or origin())


async def decide(*attempts: Attempt) -> list[str | None]:
    """The codes of the refusals of a batch, in order; None for who may go on."""
    found = await refusals(*attempts)
    return [error.code if error else None for error in found]


async def refusals(*attempts: Attempt) -> list[DomainError | None]:
    """As `decide`, the refusals themselves."""
    async with database.transaction() as connection:
        await customers.lock(connection, {one.customer_id for one in attempts})
        await risk.catalogue.follow(await approvals.share_live_set(connection))
        found = await risk.decide(connection, dict(enumerate(attempts)))
    return [found.get(place) for place in range(len(attempts))]


async def decisions() -> list[dict[str, Any]]:
    """Everything on record, oldest first, with its JSON decoded."""
    rows = await database.fetch("SELECT * FROM risk_decision ORDER BY id")
    return [
        {**row, "signals": msgspec.json.decode(row["signals"]), "subjects": msgspec.json.decode(row["subjects"])}
        for row in rows
    ]


async def centre(code: str = "free7", **changes: Any) -> None:
    """A coupon anybody may claim any number of."""
    await publish_template(code, issue={"centre": True}, **{"stock": 1000, "per_person": None, **changes})


async def claim(customer_id: int, key: str, where: Origin | None = None, code: str = "free7") -> str:
    """What becomes of claiming a coupon: `made`, `repeated`, or why not."""
    [answer] = await coupons.claim_offer([OfferClaim(customer_id, code, key, where or origin())])
    if isinstance(answer, DomainError):
        return answer.code
    assert not isinstance(answer, Exception), answer
    return "made" if answer.created else "repeated"


def moment(seconds: float, since: datetime) -> datetime:
    """So many seconds after."""
    return datetime.fromtimestamp(since.timestamp() + seconds, tz=since.tzinfo)
