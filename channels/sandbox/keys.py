"""The twins' RSA keys: made once under a directory, private halves readable by their owner only."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

_BITS = 2048


@dataclass(frozen=True)
class Keys:
    """The private keys the twins sign with, and the files of their public halves for the platform's settings; the
    platform's own key, which suppliers know it by.
    """

    bank_app: rsa.RSAPrivateKey
    bank_app_public_file: Path
    card_core: rsa.RSAPrivateKey
    card_core_public_file: Path
    supplier: rsa.RSAPrivateKey
    supplier_public_file: Path
    platform: rsa.RSAPrivateKey
    platform_private_file: Path
    sms: rsa.RSAPrivateKey
    sms_public_file: Path
    push: rsa.RSAPrivateKey
    push_public_file: Path


def ensure_keys(keys_dir: Path) -> Keys:
    """The keys of `keys_dir`, made where they are missing. Idempotent, also between processes that start at once."""
    keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    bank_app, bank_app_file = _ensure(keys_dir, "bank_app")
    card_core, card_core_file = _ensure(keys_dir, "card_core")
    supplier, supplier_file = _ensure(keys_dir, "supplier")
    platform, _ = _ensure(keys_dir, "platform")
    sms, sms_file = _ensure(keys_dir, "sms")
    push, push_file = _ensure(keys_dir, "push")
    return Keys(
        bank_app=bank_app,
        bank_app_public_file=bank_app_file,
        card_core=card_core,
        card_core_public_file=card_core_file,
        supplier=supplier,
        supplier_public_file=supplier_file,
        platform=platform,
        platform_private_file=keys_dir / "platform.pem",
        sms=sms,
        sms_public_file=sms_file,
        push=push,
        push_public_file=push_file,
    )


def _ensure(keys_dir: Path, name: str) -> tuple[rsa.RSAPrivateKey, Path]:
    private_file, public_file = keys_dir / f"{name}.pem", keys_dir / f"{name}.pub.pem"
    if not private_file.exists():
        made = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
        _publish(
            private_file,
            made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            mode=0o600,
        )
    key = load_pem_private_key(private_file.read_bytes(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError(f"{private_file} does not hold an RSA key")
    if not public_file.exists():
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        _publish(public_file, public, mode=0o644)
    return key, public_file


def _publish(file: Path, content: bytes, mode: int) -> None:
    """Make `file` appear whole or not at all; the first of several processes wins."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
        out.write(content)
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
