"""We ask the card core. What is not a documented answer is `NoAnswer`: the outcome is unknown, ask again."""

from urllib.parse import quote

import httpx
import msgspec

from channels.card_core import wire_core as wire
from channels.outbound import Answer, answered, ask, no_answer
from domain.ports import CoreCustomer, Instalment, LoanDecision, LoanTerms, Refused
from kit import ids

REFUSALS = frozenset(
    {
        "customer.unknown",
        "loan.unknown",
        "loan.conflict",
        "loan.not_disbursed",
        "loan.amount",
        "loan.periods",
        "loan.method",
        "reduction.unsupported",
        "reduction.invalid",
        "entry.conflict",
        "entry.amount",
        "entry.unknown",
        "request.invalid",
    }
)
_PARTNER = "card_core"


class CardCoreClient:
    """`domain.ports.CardCore` over HTTP. Every verb may be repeated: reads change nothing, effects carry our
    request number. `http` has the core's base URL and bounds each call (see `channels.outbound.connect`).
    """

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def customer(self, customer_no: str) -> CoreCustomer | None:
        """None: the core does not know this customer."""
        path = f"/customers/{_segment(customer_no)}"
        return _customer(await self._find("customer.unknown", "GET", path, wire.CustomerAnswer))

    async def customer_of_card(self, phone: str, card_last4: str) -> CoreCustomer | None:
        """None: no customer has this phone and a card ending so."""
        lookup = wire.CardLookup(phone, card_last4)
        path = "/customer-lookups"
        return _customer(await self._find("customer.unknown", "POST", path, wire.CustomerAnswer, lookup))

    async def phone_of(self, customer_no: str) -> str | None:
        """None: the core has no number, or does not know this customer."""
        path = f"/customers/{_segment(customer_no)}/phone"
        found = await self._find("customer.unknown", "GET", path, wire.PhoneAnswer)
        return None if found is None else found.phone

    async def yearly_rate(self) -> str:
        """Percent a year: `18.00`."""
        return (await self._ask("GET", "/rates/loan", wire.RateAnswer)).yearly_rate

    async def loan_trial(self, customer_no: str, terms: LoanTerms) -> list[Instalment]:
        """The plan such a loan would have; books nothing."""
        asked = wire.TrialAsked(customer_no, terms)
        return await self._ask("POST", "/loan-trials", list[Instalment], asked)

    async def apply_loan(self, request_no: str, customer_no: str, terms: LoanTerms) -> LoanDecision:
        """Idempotent on `request_no`."""
        asked = wire.LoanAsked(request_no, customer_no, terms)
        decided = await self._ask("POST", "/loans", wire.DecisionAnswer, asked, request_no)
        return _decision(decided, request_no)

    async def query_loan(self, request_no: str) -> LoanDecision | None:
        """None only when the core itself says that it has never seen this request."""
        path = f"/loans/{_segment(request_no)}"
        decided = await self._find("loan.unknown", "GET", path, wire.DecisionAnswer)
        return None if decided is None else _decision(decided, request_no)

    async def loan_plan(self, request_no: str) -> list[Instalment]:
        """The plan of a disbursed loan."""
        return await self._ask("GET", f"/loans/{_segment(request_no)}/plan", list[Instalment])

    async def post_entry(self, request_no: str, loan_request_no: str, coupon_no: str, amount_fen: int) -> None:
        """Idempotent on `request_no`."""
        asked = wire.EntryAsked(request_no, loan_request_no, coupon_no, amount_fen)
        booked = await self._ask("POST", "/accounting-entries", wire.EntryAnswer, asked, request_no)
        _same_request(booked.request_no, request_no)

    async def reverse_entry(self, request_no: str, entry_request_no: str) -> None:
        """Idempotent on `request_no`."""
        asked = wire.ReversalAsked(request_no, entry_request_no)
        booked = await self._ask("POST", "/accounting-reversals", wire.EntryAnswer, asked, request_no)
        _same_request(booked.request_no, request_no)

    async def _find(
        self,
        absent: str,
        method: str,
        path: str,
        answer: type[Answer],
        body: msgspec.Struct | None = None,
    ) -> Answer | None:
        """None where the core refuses with the code `absent`."""
        try:
            return await self._ask(method, path, answer, body)
        except Refused as refusal:
            if refusal.code == absent:
                return None
            raise

    async def _ask(
        self,
        method: str,
        path: str,
        answer: type[Answer],
        body: msgspec.Struct | None = None,
        request_no: str | None = None,
    ) -> Answer:
        headers = {"X-Request-No": request_no or ids.request_no("Q")}
        content = None
        if body is not None:
            content = msgspec.json.encode(body)
            headers["Content-Type"] = "application/json"
        response = await ask(self._http, _PARTNER, method, path, content=content, headers=headers)
        return answered(_PARTNER, response, answer, REFUSALS)


def _segment(text: str) -> str:
    return quote(text, safe="")


def _customer(found: wire.CustomerAnswer | None) -> CoreCustomer | None:
    return None if found is None else msgspec.convert(found, CoreCustomer, from_attributes=True)


def _decision(decided: wire.DecisionAnswer, request_no: str) -> LoanDecision:
    _same_request(decided.request_no, request_no)
    return LoanDecision(decided.request_no, decided.state, decided.reason)


def _same_request(answered: str, asked: str) -> None:
    if answered != asked:
        raise no_answer(_PARTNER, "answer to another request")
