"""Secrets at rest: encrypted with AES-256-GCM under named keys, told apart by a keyed digest."""

import hashlib
import hmac
import os
from collections.abc import Mapping

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class Vault:
    """`keys` is `kid` → secret of at least 32 bytes: the last one encrypts, all decrypt. `purpose` keeps what is sealed
    for one thing from being opened as another.
    """

    def __init__(self, keys: Mapping[str, str], purpose: str) -> None:
        self._purpose = purpose.encode()
        self._ciphers = {kid: AESGCM(self._derived(key, b"encrypt")) for kid, key in keys.items()}
        self._kid = list(keys)[-1]
        # The first key of all stays the one of digests: with another one a secret would no longer be recognised.
        self._digest_key = self._derived(next(iter(keys.values())), b"digest")

    def _derived(self, key: str, use: bytes) -> bytes:
        return hmac.digest(key.encode(), b"cardquest/" + self._purpose + b"/" + use, "sha256")

    def seal(self, secret: str) -> bytes:
        """`kid:` nonce and ciphertext; different each time."""
        return self.seal_bytes(secret.encode())

    def seal_bytes(self, secret: bytes) -> bytes:
        """As `seal`, of what is no text."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._kid].encrypt(nonce, secret, self._purpose)
        return self._kid.encode() + b":" + nonce + sealed

    def open(self, sealed: bytes) -> str:
        """Raises `KeyError` for a key we do not have (any more), `InvalidTag` for what was changed."""
        return self.open_bytes(sealed).decode()

    def open_bytes(self, sealed: bytes) -> bytes:
        """As `open`, of what is no text."""
        kid, _, rest = sealed.partition(b":")
        return self._ciphers[kid.decode()].decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], self._purpose)

    def digest(self, secret: str) -> bytes:
        """32 bytes, the same for the same secret, that tell nothing about it."""
        return hmac.new(self._digest_key, secret.encode(), hashlib.sha256).digest()
