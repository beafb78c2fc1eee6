"""The bank app's twin: it signs the tickets with which the app opens our pages."""

from dataclasses import dataclass

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from channels.bank_app.verifier import ISSUER, LONGEST_SECONDS
from kit import clock, ids


@dataclass(frozen=True)
class BankAppTwin:
    """Signs with the app's private key; tickets open pages under `platform_url`."""

    key: RSAPrivateKey
    audience: str
    platform_url: str

    def ticket(self, customer_no: str) -> str:
        """A fresh ticket for a customer, known or not, valid for a minute."""
        issued = int(clock.now().timestamp())
        claims = {"iss": ISSUER, "aud": self.audience, "sub": customer_no, "jti": ids.token_id()}
        return jwt.encode(claims | {"iat": issued, "exp": issued + LONGEST_SECONDS}, self.key, "RS256")

    def link(self, ticket: str) -> str:
        """What the app opens; the ticket stands behind `#`, where no server log sees it."""
        return f"{self.platform_url.rstrip('/')}/h5/sign-in#ticket={ticket}"
