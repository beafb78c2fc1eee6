"""Where a request comes from: the device as it names itself, the address as we see it; and who is kept out for it."""

from sanic import Request

from api.routes import Subject
from domain import risk
from domain.customers import Gate, Newcomer
from domain.risk import Attempt, Origin
from kit import clock
from kit.http import client_address

_HEADER = "X-Device-Id"
DEVICE = f"{_HEADER}?"
"""For the document: a client that names its device is told apart from others at the same address."""


def origin_of(request: Request, subject: Subject | None = None, channel: str | None = None) -> Origin:
    """A device id that cannot be one is none: no request is refused for it."""
    device: str | None = request.headers.get(_HEADER)
    if device is not None and not (8 <= len(device) <= 128 and device.isascii() and device.isprintable()):
        device = None
    return Origin(
        at=clock.now(),
        device=device,
        ip=client_address(request, request.app.ctx.settings.trusted_proxies),
        channel=subject.channel if subject else channel,
        identity_id=subject.identity_id if subject else None,
    )


def gate_of(action: risk.Action, origin: Origin) -> Gate | None:
    """What asks risk whether somebody may sign in, or bind, from there; None where there is nothing to ask."""
    if not risk.catalogue.awake(action):
        return None

    async def gate(who: Newcomer) -> None:
        await risk.admit(Attempt(who.customer_id, action, origin, who.phone, who.openid, who.bound))

    return gate
