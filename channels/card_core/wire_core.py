"""What we ask the card core and what it answers, where that differs from the structs of our port."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from domain.ports import LoanTerms

Stage = Literal["base", "payer", "wealth", "credit"]
CustomerType = Literal["individual", "payroll", "business", "employee"]
CreditMode = Literal["revolving", "single", "preapproved"]
LoanWord = Literal["processing", "disbursed", "declined", "cancelled", "repaid_early"]


class CustomerAnswer(msgspec.Struct):
    """`GET /customers/{customer_no}`, `POST /customer-lookups`."""

    customer_no: str
    name: str
    stage: Stage
    card_product: str | None = None
    branch: str | None = None
    card_last4: str | None = None
    billing_day: Annotated[int, Meta(ge=1, le=31)] | None = None
    customer_type: CustomerType | None = None
    credit_mode: CreditMode | None = None
    credit_granted: bool = False


class CardLookup(msgspec.Struct, forbid_unknown_fields=True):
    """Asked with a body, so that no phone stands in anybody's access log."""

    phone: str
    card_last4: str


class PhoneAnswer(msgspec.Struct):
    """`GET /customers/{customer_no}/phone`: by itself, so that whoever asks for a customer does not get it too."""

    phone: str | None = None


class RateAnswer(msgspec.Struct):
    """Percent a year, as `18.00`."""

    yearly_rate: str


class TrialAsked(msgspec.Struct, forbid_unknown_fields=True):
    """A plan is wanted, nothing is booked."""

    customer_no: str
    terms: LoanTerms


class LoanAsked(msgspec.Struct, forbid_unknown_fields=True):
    """A loan is wanted; `request_no` makes it one loan."""

    request_no: str
    customer_no: str
    terms: LoanTerms


class DecisionAnswer(msgspec.Struct):
    """What became of a loan request."""

    request_no: str
    state: LoanWord
    reason: str | None = None


class EntryAsked(msgspec.Struct, forbid_unknown_fields=True):
    """A used coupon's reduction to be booked; `request_no` makes it one entry."""

    request_no: str
    loan_request_no: str
    coupon_no: str
    amount_fen: int


class ReversalAsked(msgspec.Struct, forbid_unknown_fields=True):
    """A booked entry to be taken back; `request_no` makes it one reversal."""

    request_no: str
    entry_request_no: str


class EntryAnswer(msgspec.Struct):
    """The entry, or reversal, stands in the books."""

    request_no: str
