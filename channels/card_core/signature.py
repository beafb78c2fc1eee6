"""Who is speaking: RSA-SHA256 (PKCS#1 v1.5) over `timestamp\\nnonce\\nbody`, five minutes either way, a nonce once."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from kit import clock, database
from kit.errors import Unauthenticated

HEADERS = ("X-Partner", "X-Timestamp", "X-Nonce", "X-Signature")
WINDOW = timedelta(minutes=5)
_SECONDS = re.compile(r"[0-9]{1,12}")
_NONCE = re.compile(r"[!-~]{1,64}")


@dataclass(frozen=True)
class Signed:
    """A message whose signature is right; its nonce is not spent yet."""

    partner: str
    nonce: str


def sign(key: RSAPrivateKey, partner: str, timestamp: str, nonce: str, body: bytes) -> dict[str, str]:
    """The four headers of a message."""
    signature = key.sign(_message(timestamp, nonce, body), PKCS1v15(), SHA256())
    return dict(zip(HEADERS, (partner, timestamp, nonce, base64.b64encode(signature).decode()), strict=True))


def verify(headers: Mapping[str, str], body: bytes, keys: Mapping[str, RSAPublicKey], now: datetime) -> Signed:
    """Check everything but whether the nonce is new. Raises `Unauthenticated` with a code of its own per fault."""
    given = [headers.get(name, "") for name in HEADERS]
    absent = [name for name, value in zip(HEADERS, given, strict=True) if not value]
    if absent:
        raise Unauthenticated("signature.missing_header", f"Missing: {', '.join(absent)}")
    partner, timestamp, nonce, signature = given
    key = keys.get(partner)
    if key is None:
        raise Unauthenticated("signature.unknown_partner", "X-Partner names nobody we know")
    seconds = _unix_seconds(timestamp)
    if seconds is None or abs(now.timestamp() - seconds) > WINDOW.total_seconds():
        raise Unauthenticated("signature.old_timestamp", "X-Timestamp is not a time within five minutes of ours")
    if not _NONCE.fullmatch(nonce):
        raise Unauthenticated("signature.wrong", "X-Nonce is 1 to 64 printable ASCII characters")
    try:
        key.verify(base64.b64decode(signature, validate=True), _message(timestamp, nonce, body), PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        raise Unauthenticated("signature.wrong", "X-Signature does not fit this message") from None
    return Signed(partner, nonce)


async def admit(headers: Mapping[str, str], body: bytes, keys: Mapping[str, RSAPublicKey]) -> str:
    """Verify the message and spend its nonce; returns the partner's name. Raises `Unauthenticated`."""
    signed = verify(headers, body, keys, clock.now())
    await spend_nonce(signed)
    return signed.partner


async def spend_nonce(signed: Signed) -> None:
    """Committed at once, whatever becomes of the message. Raises `Unauthenticated` (`signature.used_nonce`)."""
    spent = await database.fetchval(
        "INSERT INTO partner_nonce (partner, nonce, used_at) VALUES ($1, $2, $3)"
        " ON CONFLICT (partner, nonce) DO NOTHING RETURNING id",
        signed.partner,
        signed.nonce,
        clock.now(),
    )
    if spent is None:
        raise Unauthenticated("signature.used_nonce", "This X-Nonce has been used")


async def purge_nonces() -> int:
    """Forget nonces whose timestamp could not be accepted any more; returns how many. Safe to repeat."""
    # A timestamp may lie a window ahead of the moment its nonce was spent, and is accepted a window after that.
    done = await database.execute("DELETE FROM partner_nonce WHERE used_at < $1", clock.now() - 3 * WINDOW)
    return int(done.rsplit(" ", 1)[1])


def _message(timestamp: str, nonce: str, body: bytes) -> bytes:
    return f"{timestamp}\n{nonce}\n".encode() + body


def _unix_seconds(timestamp: str) -> float | None:
    if _SECONDS.fullmatch(timestamp):
        return float(timestamp)
    try:
        instant = datetime.fromisoformat(timestamp)
        return instant.timestamp() if instant.tzinfo else None
    except (ValueError, OverflowError):
        return None
