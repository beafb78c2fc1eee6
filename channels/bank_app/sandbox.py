"""The bank app's twin: it signs the tickets with which the app opens our pages, and gives codes that stand for one."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from sanic import Request

from channels.bank_app.client import CodeAsked, TicketAnswer
from channels.bank_app.verifier import ISSUER, LONGEST_SECONDS
from kit import clock, ids
from kit.errors import RuleViolated
from kit.http import Routes

CODE_LIVES = timedelta(seconds=60)
routes = Routes("bank_app_twin", "/bank-app")


@dataclass(frozen=True)
class BankAppTwin:
    """Signs with the app's private key; tickets open pages under `platform_url`."""

    key: RSAPrivateKey
    audience: str
    platform_url: str
    _codes: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def code(self, customer_no: str) -> str:
        """A code for a customer, good once and for a minute."""
        made = ids.token_id()
        self._codes[made] = customer_no, clock.now() + CODE_LIVES
        return made

    def exchange(self, code: str, audience: str) -> str:
        """The ticket of a code. Raises `RuleViolated` (`ticket.bad_code`)."""
        customer_no, until = self._codes.pop(code, ("", clock.now()))
        if until <= clock.now() or audience != self.audience:
            raise RuleViolated("ticket.bad_code", "The code is unknown, used or over")
        return self.ticket(customer_no)

    def ticket(self, customer_no: str) -> str:
        """A fresh ticket for a customer, known or not, valid for a minute."""
        issued = int(clock.now().timestamp())
        claims = {"iss": ISSUER, "aud": self.audience, "sub": customer_no, "jti": ids.token_id()}
        return jwt.encode(claims | {"iat": issued, "exp": issued + LONGEST_SECONDS}, self.key, "RS256")

    def link(self, ticket: str) -> str:
        """What the app opens; the ticket stands behind `#`, where no server log sees it."""
        return f"{self.platform_url.rstrip('/')}/h5/sign-in#ticket={ticket}"


@routes.route("POST", "/codes/exchange", tag="bank app", public=True, errors=(422,))
async def exchange_code(request: Request, body: CodeAsked) -> TicketAnswer:
    """The ticket a code stands for; once."""
    twin: BankAppTwin = request.app.ctx.bank_app
    return TicketAnswer(twin.exchange(body.code, body.audience))
