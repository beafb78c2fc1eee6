"""Tickets of the bank's app: the twin's are accepted, and each fault has its code."""

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from channels.bank_app.sandbox import BankAppTwin
from channels.bank_app.verifier import BankAppVerifier
from domain.ports import Refused
from kit import clock


@pytest.fixture
def pem(key: RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture
def verifier(pem: bytes) -> BankAppVerifier:
    return BankAppVerifier(pem, "cardquest")


def claims(**change: Any) -> dict[str, Any]:
    """Those of a good ticket, changed; a timedelta is a time from now, so that collecting the tests takes no time."""
    now = int(clock.now().timestamp())
    good = {"iss": "bank-app", "aud": "cardquest", "sub": "C0000000017", "jti": "t1", "iat": now, "exp": now + 60}
    given = {
        name: now + int(value.total_seconds()) if isinstance(value, timedelta) else value
        for name, value in change.items()
    }
    return {name: value for name, value in (good | given).items() if value is not None}


def refusal(verifier: BankAppVerifier, ticket: str) -> str:
    with pytest.raises(Refused) as refused:
        verifier.verify_ticket(ticket)
    return refused.value.code


def test_the_twins_ticket_is_accepted(verifier: BankAppVerifier, key: RSAPrivateKey) -> None:
    twin = BankAppTwin(key, "cardquest", "http://platform/")
    one, other = (verifier.verify_ticket(twin.ticket("C0000000017")) for _ in range(2))
    assert one.customer_no == "C0000000017"
    assert one.ticket_id != other.ticket_id
    assert (one.expires_at - one.issued_at).total_seconds() == 60
    assert twin.link("abc") == "http://platform/h5/sign-in#ticket=abc"


def after(seconds: int) -> timedelta:
    return timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"aud": "somebody"}, "wrong_audience"),
        ({"aud": None}, "malformed"),
        ({"iss": "elsewhere"}, "malformed"),
        ({"iss": None}, "malformed"),
        ({"sub": None}, "malformed"),
        ({"sub": 17}, "malformed"),
        ({"sub": ""}, "malformed"),
        ({"sub": "C" * 33}, "malformed"),
        ({"sub": "C\x00"}, "malformed"),
        ({"jti": None}, "malformed"),
        ({"jti": "j" * 65}, "malformed"),
        ({"iat": None}, "malformed"),
        ({"exp": None}, "malformed"),
        ({"iat": "1795325598"}, "malformed"),
        ({"iat": True}, "malformed"),
        ({"exp": 1e300}, "malformed"),
        ({"exp": float("nan")}, "malformed"),
        ({"iat": after(40), "exp": after(60)}, "malformed"),
        ({"iat": after(0), "exp": after(0)}, "malformed"),
        ({"iat": after(0), "exp": after(61)}, "too_long_lived"),
        ({"iat": after(-3_600), "exp": after(30)}, "too_long_lived"),
        ({"iat": after(-61), "exp": after(-1)}, "expired"),
    ],
)
def test_each_fault_has_its_code(
    verifier: BankAppVerifier, key: RSAPrivateKey, change: dict[str, Any], code: str
) -> None:
    assert refusal(verifier, jwt.encode(claims(**change), key, "RS256")) == f"ticket.{code}"


def test_the_apps_clock_may_be_a_little_ahead(verifier: BankAppVerifier, key: RSAPrivateKey) -> None:
    ahead = int(clock.now().timestamp()) + 3
    assert verifier.verify_ticket(jwt.encode(claims(iat=ahead, exp=ahead + 60), key, "RS256"))


@pytest.mark.parametrize("ticket", ["", "a.b.c", "no ticket", "é.é.é", "x" * 100_000])
def test_what_is_no_ticket(verifier: BankAppVerifier, ticket: str) -> None:
    assert refusal(verifier, ticket) == "ticket.malformed"


def test_a_strangers_signature(verifier: BankAppVerifier) -> None:
    stranger = generate_private_key(public_exponent=65537, key_size=2048)
    assert refusal(verifier, jwt.encode(claims(), stranger, "RS256")) == "ticket.wrong_signature"


def test_other_algorithms_are_no_signature(verifier: BankAppVerifier, pem: bytes) -> None:
    unsigned = jwt.encode(claims(), None, "none")
    assert refusal(verifier, unsigned) == "ticket.wrong_signature"
    # The public key as an HMAC secret: the classic confusion. PyJWT would not sign so, an attacker would.
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=")
    body = unsigned.split(".")[1].encode()
    mac = hmac.new(pem, head + b"." + body, hashlib.sha256).digest()
    forged = b".".join([head, body, base64.urlsafe_b64encode(mac).rstrip(b"=")])
    assert refusal(verifier, forged.decode()) == "ticket.wrong_signature"
