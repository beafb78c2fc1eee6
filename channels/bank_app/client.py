"""We ask the bank's app what a one-time code of its stands for, where its page cannot hand over a ticket itself."""

import httpx
import msgspec

from channels.bank_app.verifier import BankAppVerifier
from channels.outbound import answered, ask

REFUSALS = frozenset({"ticket.bad_code"})
_PARTNER = "bank_app"


class CodeAsked(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /codes/exchange`: a code, and for whom the ticket is to be."""

    code: str
    audience: str


class TicketAnswer(msgspec.Struct):
    """The ticket, signed as every other; the code is used up."""

    ticket: str


class BankAppClient(BankAppVerifier):
    """`domain.ports.BankApp`; `http` has the app's base URL. Whoever answers there still has to sign: what comes back
    is a ticket that is verified as one from a page.
    """

    def __init__(self, public_key_pem: bytes, audience: str, http: httpx.AsyncClient) -> None:
        super().__init__(public_key_pem, audience)
        self._http, self._for = http, audience

    async def exchange_code(self, code: str) -> str:
        """Raises `Refused` (`ticket.bad_code`: unknown, used or over), `NoAnswer`."""
        body = msgspec.json.encode(CodeAsked(code, self._for))
        headers = {"Content-Type": "application/json"}
        response = await ask(self._http, _PARTNER, "POST", "/codes/exchange", content=body, headers=headers)
        return answered(_PARTNER, response, TicketAnswer, REFUSALS).ticket
