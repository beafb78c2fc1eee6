"""The control plane: what demos and tests tell the twins to do, and what the twins saw."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from sanic import HTTPResponse, Request

from channels.card_core.sandbox import CardCoreTwin
from channels.card_core.sandbox_changes import Change
from channels.sandbox.delivery import Delivery, Told, completed
from channels.sandbox.faults import ArmedFault, Faults, service_name
from channels.sandbox.journal import Call, Journal
from kit import clock
from kit.errors import Conflict, NotFound
from kit.http import Routes
from kit.http.problems import bad_input

routes = Routes("control", "/control")
Short = Annotated[str, Meta(min_length=1, max_length=64)]
Times = Annotated[int, Meta(ge=1, le=10_000)]
_YEARS_10 = 10 * 366 * 86_400


class TicketWanted(msgspec.Struct, forbid_unknown_fields=True):
    """Who opens our pages from the app."""

    customer_no: Annotated[str, Meta(min_length=1, max_length=32)]


class CodeMade(msgspec.Struct):
    """Good once, for a minute."""

    code: str


class TicketMade(msgspec.Struct):
    """A ticket, good for a minute, and the link the app would open."""

    ticket: str
    url: str


class _Told(msgspec.Struct, forbid_unknown_fields=True):
    events: list[dict[str, Any]]
    delivery: Literal["once", "twice", "reversed"] = "once"


class DecisionWanted(msgspec.Struct, forbid_unknown_fields=True):
    """How the next loan applications end; after them the core disburses again."""

    next: Literal["disburse", "decline", "silent", "undecided"]
    times: Times = 1


class LoanChangeWanted(msgspec.Struct, forbid_unknown_fields=True):
    """What happens to a loan: to that of `request_no`, else to the newest of `customer_no`. Without `change` the
    platform is only told once more; `tell` says how often it is told.
    """

    request_no: Short | None = None
    customer_no: Short | None = None
    change: Change | None = None
    tell: Literal["once", "twice", "never"] = "once"


class LoanChanged(msgspec.Struct):
    """What the loan is now, and the platform's answer to the notice."""

    request_no: str
    state: str
    answer: Any = None


class ClockMove(msgspec.Struct, forbid_unknown_fields=True):
    """How far business time goes on."""

    advance_seconds: Annotated[float, Meta(ge=-_YEARS_10, le=_YEARS_10)]


class ClockReading(msgspec.Struct):
    """Business time, and how far it is from the machine's."""

    now: str
    offset_seconds: float


class FaultWanted(msgspec.Struct, forbid_unknown_fields=True):
    """A fault for the next calls of a service, optionally only where the path contains `path`."""

    service: Short
    fault: Short
    times: Times = 1
    path: Annotated[str, Meta(max_length=128)] = ""


class FaultsArmed(msgspec.Struct):
    """What will still go wrong."""

    items: list[ArmedFault]


class JournalQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which calls."""

    service: Short | None = None
    limit: Annotated[int, Meta(ge=1, le=10_000)] = 1_000


class JournalPage(msgspec.Struct):
    """Calls received, the oldest first."""

    items: list[Call]


@routes.route("POST", "/bank-app/tickets", tag="bank app", status=201, public=True)
async def make_ticket(request: Request, body: TicketWanted) -> TicketMade:
    """A sign-in ticket for a customer."""
    twin = request.app.ctx.bank_app
    ticket = twin.ticket(body.customer_no)
    return TicketMade(ticket, twin.link(ticket))


@routes.route("POST", "/bank-app/codes", tag="bank app", status=201, public=True)
async def make_code(request: Request, body: TicketWanted) -> CodeMade:
    """A one-time code for a customer, as the app's page would hand over."""
    return CodeMade(request.app.ctx.bank_app.code(body.customer_no))


@routes.route("POST", "/card-core/transactions", tag="card core", public=True, errors=(503,))
async def deliver_transactions(request: Request, body: dict[str, Any]) -> HTTPResponse:
    """Deliver one event, or `{"events": […]}`, signed by the card core; answers with the platform's own answer.

    Beside `events`, `"delivery": "twice"` or `"reversed"` plays what networks do.
    """
    delivery: Delivery = request.app.ctx.delivery
    events, how = _events(body)
    told = [completed(one) for one in events]
    twin: CardCoreTwin = request.app.ctx.card_core
    for one in told:
        twin.learn(one)
    if how == "reversed":
        told.reverse()
    answer = await delivery.deliver(told, times=2 if how == "twice" else 1)
    return HTTPResponse(msgspec.json.encode(answer.body), answer.status, content_type="application/json")


@routes.route("POST", "/card-core/decisions", tag="card core", public=True)
async def decide_next(request: Request, body: DecisionWanted) -> DecisionWanted:
    """Choose how the next loan applications end: `silent` books the loan and gives no answer, `undecided` leaves it to
    `/card-core/loan-changes`.
    """
    twin: CardCoreTwin = request.app.ctx.card_core
    twin.decide_next(body.next, body.times)
    return body


@routes.route("POST", "/card-core/loan-changes", tag="card core", public=True, errors=(404, 409, 503))
async def change_loan(request: Request, body: LoanChangeWanted) -> LoanChanged:
    """Decide a loan late, cancel it within the cooling-off or repay it early, and tell the platform so, signed."""
    twin: CardCoreTwin = request.app.ctx.card_core
    loan = twin.books.loan(body.request_no) if body.request_no else twin.books.last_loan(body.customer_no or "")
    if loan is None:
        raise NotFound("loan.unknown", "The core has never seen such a loan")
    if body.change is not None:
        loan = twin.change(loan, body.change)
    answer = None
    if body.tell != "never":
        delivery: Delivery = request.app.ctx.delivery
        answer = (await delivery.tell(loan, times=2 if body.tell == "twice" else 1)).body
    return LoanChanged(loan.request_no, loan.state, answer)


@routes.route("GET", "/clock", tag="clock", public=True)
async def read_clock(request: Request) -> ClockReading:
    """Business time."""
    return _reading(clock.advance(0) if clock.movable() else 0.0)


@routes.route("POST", "/clock", tag="clock", public=True, errors=(409,))
async def move_clock(request: Request, body: ClockMove) -> ClockReading:
    """Move business time for every process of this demo."""
    if not clock.movable():
        raise Conflict("clock.not_movable", "Business time cannot be moved here")
    return _reading(clock.advance(body.advance_seconds))


@routes.route("GET", "/faults", tag="faults", public=True)
async def list_faults(request: Request) -> FaultsArmed:
    """What will still go wrong."""
    return FaultsArmed(_faults(request).armed)


@routes.route("POST", "/faults", tag="faults", public=True)
async def arm_fault(request: Request, body: FaultWanted) -> FaultsArmed:
    """Let the next calls of a service fail."""
    _faults(request).arm(body.service, body.fault, body.times, body.path)
    return FaultsArmed(_faults(request).armed)


@routes.route("DELETE", "/faults", tag="faults", status=204, public=True)
async def clear_faults(request: Request) -> None:
    """Let everything work again."""
    _faults(request).clear()


@routes.route("GET", "/journal", tag="journal", public=True)
async def read_journal(request: Request, query: JournalQuery) -> JournalPage:
    """Every call the twins received."""
    service = service_name(query.service) if query.service else None
    return JournalPage(_journal(request).calls(service, query.limit))


@routes.route("DELETE", "/journal", tag="journal", status=204, public=True)
async def clear_journal(request: Request) -> None:
    """Forget every call."""
    _journal(request).clear()


def _events(body: dict[str, Any]) -> tuple[list[Told], str]:
    if "events" not in body:
        return [body], "once"
    try:
        told = msgspec.convert(body, _Told)
    except msgspec.ValidationError as error:
        raise bad_input(error) from None
    return told.events, told.delivery


def _reading(offset_seconds: float) -> ClockReading:
    return ClockReading(clock.local_text(clock.now()), offset_seconds)


def _faults(request: Request) -> Faults:
    faults: Faults = request.app.ctx.faults
    return faults


def _journal(request: Request) -> Journal:
    journal: Journal = request.app.ctx.journal
    return journal
