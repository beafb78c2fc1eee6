"""Codes of a second factor (TOTP, RFC 6238: six digits, thirty seconds), and the vault their secrets are kept in."""

import hmac
from datetime import datetime

import pyotp

from kit.vault import Vault

ISSUER = "Cardquest"
_AROUND = 1  # steps a phone's clock may be ahead or behind
_vault: Vault | None = None


def keep_secrets_in(vault: Vault) -> None:
    """Once at start."""
    global _vault
    _vault = vault


def vault() -> Vault:
    """The vault; a process that was given none may not touch secrets."""
    if _vault is None:
        raise RuntimeError("no vault for secrets of second factors was named to this process")
    return _vault


def new_secret() -> str:
    """160 random bits in base32."""
    return pyotp.random_base32()


def address(secret: str, username: str) -> str:
    """The `otpauth://` URI an authenticator reads as a QR code."""
    return pyotp.TOTP(secret, name=username, issuer=ISSUER).provisioning_uri()


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step that `code` is of, if it is one of those around `now`."""
    totp = pyotp.TOTP(secret)
    present = totp.timecode(now)
    given = code.strip().encode()
    for step in range(present - _AROUND, present + _AROUND + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), given):
            return step
    return None
