"""WeChat's safe mode: who signed a callback, and what is in it. The cipher is wechatpy's."""

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Iterable

from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import InvalidAppIdException


def signature(*parts: str) -> str:
    """SHA-1 over the sorted parts: token, timestamp and nonce, and (of an encrypted message) its ciphertext."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def is_signed(given: str, tokens: Iterable[str], *parts: str) -> bool:
    """Whether `given` is the signature under one of the tokens; takes the same time however wrong it is."""
    # All of them, so that the time does not tell which one it was.
    fits = [hmac.compare_digest(given.encode(), signature(token, *parts).encode()) for token in tokens]
    return any(fits)


def key_of(encoding_key: str) -> bytes:
    """The AES key an `EncodingAESKey` of 43 characters stands for."""
    return base64.b64decode(f"{encoding_key}=")


def decrypt(ciphertext: str, keys: Iterable[str], app_ids: Iterable[str]) -> tuple[str, str] | None:
    """The text, and for which of our apps it is; None where no key opens it or it is for another app.

    Keys are tried in turn, so that messages under the previous one are still read after a change.
    """
    apps = tuple(app_ids)
    for key in keys:
        crypto = PrpCrypto(key_of(key))
        for app_id in apps:
            try:
                return crypto.decrypt(ciphertext, app_id), app_id
            except (InvalidAppIdException, ValueError, IndexError, struct.error, binascii.Error):
                continue  # another key's, or another app's
    return None


def encrypt(text: str, key: str, app_id: str) -> str:
    """As WeChat encrypts for `app_id`."""
    encrypted: bytes = PrpCrypto(key_of(key)).encrypt(text, app_id)
    return encrypted.decode()
