"""Who attempts something, from where: seen for a moment, kept as keyed digests only."""

import ipaddress
from datetime import datetime

import msgspec

from kit.vault import Vault

LISTED = ("customer", "device", "ip", "openid")
"""The kinds of subject that may stand on a list."""
_BYTES = 16
"""Of each digest; in hex they are twice as long."""
_digests: Vault | None = None


class Origin(msgspec.Struct, frozen=True):
    """Where a request came from, as it said or as we saw it."""

    at: datetime
    device: str | None = None
    ip: str | None = None
    channel: str | None = None
    identity_id: int | None = None


class Attempt(msgspec.Struct, frozen=True):
    """Who attempts which action; phone and openid where whoever asks knows them. Of who is not `bound` the bank knows
    no phone: a challenge lets them through, as all they may do then is to bind, which is asked about itself.
    """

    customer_id: int
    action: str
    origin: Origin
    phone: str | None = None
    openid: str | None = None
    bound: bool = True


def hide_subjects_behind(vault: Vault) -> None:
    """Once at start: what makes the digests."""
    global _digests
    _digests = vault


def digest(kind: str, value: str) -> str:
    """32 hex digits, the same for the same subject, that tell nothing about it."""
    if _digests is None:
        raise RuntimeError("no vault for subjects of risk was named to this process")
    return _digests.digest(f"{kind}:{value}")[:_BYTES].hex()


def subjects_of(attempt: Attempt, openid: str | None = None) -> dict[str, str]:
    """The digests of all that is known of who attempts, by kind."""
    origin = attempt.origin
    known = {
        "customer": str(attempt.customer_id),
        "device": origin.device,
        "ip": origin.ip,
        "network": network_of(origin.ip) if origin.ip else None,
        "openid": attempt.openid or openid,
        "phone": attempt.phone,
    }
    return {kind: digest(kind, value) for kind, value in known.items() if value}


def network_of(ip: str) -> str | None:
    """The /24 an address is in, of IPv6 the /64; None for what is no address."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return None
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 64), strict=False))
