"""RSA keys: partners' public ones, and our own to sign with."""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

LEAST_BITS = 2048


def public_key(pem: bytes) -> RSAPublicKey:
    """The key in a PEM. Raises `ValueError` when that is not an RSA key of at least 2048 bits."""
    try:
        key = load_pem_public_key(pem)
    except UnsupportedAlgorithm as error:
        raise ValueError(str(error)) from error
    if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_BITS:
        raise ValueError(f"a partner's key is an RSA public key of at least {LEAST_BITS} bits")
    return key


def private_key(pem: bytes) -> RSAPrivateKey:
    """The key in a PEM without a password. Raises `ValueError` when that is not an RSA key of at least 2048 bits."""
    try:
        key = load_pem_private_key(pem, None)
    except (UnsupportedAlgorithm, TypeError) as error:
        raise ValueError(str(error)) from error
    if not isinstance(key, RSAPrivateKey) or key.key_size < LEAST_BITS:
        raise ValueError(f"an RSA private key of at least {LEAST_BITS} bits is needed")
    return key
