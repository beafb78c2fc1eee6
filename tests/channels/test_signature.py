"""Who may speak as the core: a right signature, and a code of its own for each fault."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from channels.card_core.signature import HEADERS, Signed, sign, verify
from kit.errors import Unauthenticated
from kit.rsa import public_key

NOW = datetime(2026, 11, 1, 4, 30, tzinfo=UTC)
BODY = b'{"events": []}'


def signed(key: RSAPrivateKey, *, at: datetime = NOW, nonce: str = "n-1", body: bytes = BODY) -> dict[str, str]:
    return sign(key, "card-core", str(int(at.timestamp())), nonce, body)


def refusal(key: RSAPrivateKey, headers: dict[str, str], body: bytes = BODY) -> str:
    with pytest.raises(Unauthenticated) as refused:
        verify(headers, body, {"card-core": key.public_key()}, NOW)
    return refused.value.code


def test_a_right_signature_names_its_partner(key: RSAPrivateKey) -> None:
    keys = {"card-core": key.public_key()}
    assert verify(signed(key), BODY, keys, NOW) == Signed("card-core", "n-1")


@pytest.mark.parametrize("timestamp", ["2026-11-01T12:30:00+08:00", "2026-11-01T04:30:00Z", "1793507400"])
def test_both_ways_of_writing_the_time_are_understood(key: RSAPrivateKey, timestamp: str) -> None:
    headers = sign(key, "card-core", timestamp, "n-1", BODY)
    assert verify(headers, BODY, {"card-core": key.public_key()}, NOW).nonce == "n-1"


@pytest.mark.parametrize("name", HEADERS)
def test_every_header_is_needed(key: RSAPrivateKey, name: str) -> None:
    assert refusal(key, signed(key) | {name: ""}) == "signature.missing_header"


def test_a_partner_we_do_not_know(key: RSAPrivateKey) -> None:
    assert refusal(key, signed(key) | {"X-Partner": "card_core"}) == "signature.unknown_partner"


@pytest.mark.parametrize("minutes", [-5, 5])
def test_five_minutes_are_allowed_and_not_a_second_more(key: RSAPrivateKey, minutes: int) -> None:
    edge = NOW + timedelta(minutes=minutes)
    assert verify(signed(key, at=edge), BODY, {"card-core": key.public_key()}, NOW)
    beyond = edge + timedelta(seconds=1 if minutes > 0 else -1)
    assert refusal(key, signed(key, at=beyond)) == "signature.old_timestamp"


@pytest.mark.parametrize(
    "timestamp", ["yesterday", "2026-11-01T12:30:00", "-1", "9" * 400, "1793507400000", "0001-01-01T00:00:00+14:00"]
)
def test_a_time_that_is_none(key: RSAPrivateKey, timestamp: str) -> None:
    assert refusal(key, sign(key, "card-core", timestamp, "n-1", BODY)) == "signature.old_timestamp"


@pytest.mark.parametrize("nonce", ["n" * 65, "a b", "a\x00", "随机"])
def test_a_nonce_we_could_not_keep(key: RSAPrivateKey, nonce: str) -> None:
    assert refusal(key, signed(key, nonce=nonce)) == "signature.wrong"


@pytest.mark.parametrize(
    "change",
    [
        {"X-Nonce": "n-2"},
        {"X-Timestamp": str(int(NOW.timestamp()) + 1)},
        {"X-Signature": "AAAA"},
        {"X-Signature": "???"},
    ],
)
def test_nothing_signed_may_be_changed(key: RSAPrivateKey, change: dict[str, str]) -> None:
    assert refusal(key, signed(key) | change) == "signature.wrong"


def test_the_body_may_not_be_changed(key: RSAPrivateKey) -> None:
    assert refusal(key, signed(key), BODY + b" ") == "signature.wrong"


def test_another_key_is_not_the_partners(key: RSAPrivateKey) -> None:
    stranger = generate_private_key(public_exponent=65537, key_size=2048)
    assert refusal(key, signed(stranger)) == "signature.wrong"


def test_a_weak_or_foreign_key_is_refused_at_start(key: RSAPrivateKey) -> None:
    weak = generate_private_key(public_exponent=65537, key_size=1024).public_key()
    for pem in (weak.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), b"no key"):
        with pytest.raises(ValueError):  # noqa: PT011 - the message is OpenSSL's for the second
            public_key(pem)
