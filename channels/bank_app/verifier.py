"""Verifies the tickets with which the bank's app sends a customer to us."""

from datetime import UTC, datetime
from typing import Any

import jwt

from domain.ports import Refused, Ticket
from kit import clock
from kit.rsa import public_key

ISSUER = "bank-app"
LONGEST_SECONDS = 60
_AHEAD_SECONDS = 5
_REQUIRED = ["aud", "exp", "iat", "iss", "jti", "sub"]
_FIRST, _LAST = 0, 253_000_000_000  # what a timestamp can be: 1970 to 9987


class BankAppVerifier:
    """`domain.ports.BankApp`: RS256 tickets of the bank's app for `audience`, at most a minute long.

    Spending a ticket once is the caller's business (`Ticket.ticket_id`).
    """

    def __init__(self, public_key_pem: bytes, audience: str) -> None:
        """Raises `ValueError` when the PEM does not hold an RSA key of at least 2048 bits."""
        self._key, self._audience = public_key(public_key_pem), audience

    def verify_ticket(self, ticket: str) -> Ticket:
        """Raises `Refused` with `ticket.malformed`, `.wrong_signature`, `.wrong_audience`, `.expired` or
        `.too_long_lived`. Times are judged by the house's clock, with five seconds for the app's being ahead.
        """
        claims = self._claims(ticket)
        issued, expires = _seconds(claims["iat"]), _seconds(claims["exp"])
        now = clock.now().timestamp()
        if issued > now + _AHEAD_SECONDS or expires <= issued:
            raise Refused("ticket.malformed", "The ticket's times cannot be right")
        if expires - issued > LONGEST_SECONDS:
            raise Refused("ticket.too_long_lived", f"A ticket lives at most {LONGEST_SECONDS} seconds")
        if expires <= now:
            raise Refused("ticket.expired", "The ticket has expired; open the page from the app again")
        return Ticket(
            ticket_id=_name(claims["jti"], 64),
            customer_no=_name(claims["sub"], 32),
            issued_at=datetime.fromtimestamp(issued, UTC),
            expires_at=datetime.fromtimestamp(expires, UTC),
        )

    def _claims(self, ticket: str) -> dict[str, Any]:
        try:
            return jwt.decode(
                ticket,
                self._key,
                algorithms=["RS256"],
                audience=self._audience,
                issuer=ISSUER,
                # PyJWT would judge times by the machine's clock.
                options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
        except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError):
            raise Refused("ticket.wrong_signature", "The ticket was not signed by the bank's app") from None
        except jwt.InvalidAudienceError:
            raise Refused("ticket.wrong_audience", "The ticket is meant for somebody else") from None
        except (jwt.InvalidTokenError, ValueError, RecursionError):
            raise Refused("ticket.malformed", "This is not a ticket of the bank's app") from None


def _name(text: str, longest: int) -> str:
    if not 1 <= len(text) <= longest or "\x00" in text:
        raise Refused("ticket.malformed", "The ticket's jti or sub is not a name we can keep")
    return text


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not _FIRST <= value <= _LAST:
        raise Refused("ticket.malformed", "iat and exp are seconds since 1970")
    return float(value)
