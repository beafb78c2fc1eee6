"""What demos and tests tell the suppliers' twin to do: how requests end, what is used, the files of a day."""

import csv
import hashlib
import io
import secrets
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import httpx
import msgspec
from msgspec import Meta
from sanic import HTTPResponse, Request

from channels.card_core import signature
from channels.suppliers.daily_file import COLUMNS
from channels.suppliers.sandbox import Issue, SuppliersTwin, Used, usage_no
from kit import clock
from kit.errors import BadInput, Fault, Unavailable
from kit.http import Code, Routes

routes = Routes("suppliers_control", "/control/suppliers")
Number = Annotated[str, Meta(min_length=1, max_length=64)]


class IssueDecision(msgspec.Struct, forbid_unknown_fields=True):
    """How the next requests end; after them the twin issues again."""

    next: Literal["issued", "refused", "processing"]
    times: Annotated[int, Meta(ge=1, le=10_000)] = 1


class UsageWanted(msgspec.Struct, forbid_unknown_fields=True):
    """A usage of exactly one of a request and a code; `delivery` `none` leaves it to the file of the day."""

    request_no: Number | None = None
    code: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    usage_no: Number | None = None
    used_at: Annotated[datetime, Meta(tz=True)] | None = None
    cost_fen: Annotated[int, Meta(ge=0, le=10**11)] | None = None
    delivery: Literal["once", "twice", "none"] = "once"


class FileWanted(msgspec.Struct, forbid_unknown_fields=True):
    """The file of which day (in Shanghai); today's without one."""

    day: date | None = None


class FileMade(msgspec.Struct):
    """A file and its companion; also laid into the platform's inbox where the sandbox knows one."""

    name: str
    content: str
    companion: str


class Ledger(msgspec.Struct):
    """All that stands in a supplier's books."""

    issues: list[Issue]
    usages: list[Used]


@routes.route("POST", "/decisions", tag="suppliers", public=True)
async def decide_next(request: Request, body: IssueDecision) -> IssueDecision:
    """Choose how the next requests to issue end."""
    _twin(request).decide_next(body.next, body.times)
    return body


@routes.route("GET", "/{supplier}/ledger", tag="suppliers", public=True)
async def read_ledger(request: Request, supplier: str) -> Ledger:
    """What a supplier issued and saw used."""
    return Ledger(_twin(request).issues(supplier), _twin(request).usages(supplier))


@routes.route("POST", "/{supplier}/usages", tag="suppliers", public=True, errors=(400, 503))
async def use(request: Request, supplier: str, body: UsageWanted) -> HTTPResponse:
    """A benefit is used at the supplier: told by a signed callback; answers with the platform's own answer."""
    if (body.request_no is None) == (body.code is None):
        fault = Fault("code", "usage.unclear", "exactly one of request_no and code")
        raise BadInput("request.invalid", "What was used?", [fault])
    at = clock.local_text(body.used_at or clock.now())
    used = Used(body.usage_no or usage_no(), body.request_no, body.code, at, body.cost_fen)
    _twin(request).use(supplier, used)
    answer: Any = {"usage_no": used.usage_no}
    status = 200
    for _ in range({"none": 0, "once": 1, "twice": 2}[body.delivery]):
        status, answer = await _tell(request, supplier, used)
    return HTTPResponse(msgspec.json.encode(answer), status, content_type="application/json")


@routes.route("POST", "/{supplier}/files", tag="suppliers", public=True)
async def make_file(request: Request, supplier: Code, body: FileWanted) -> FileMade:
    """The file of a day with its companion."""
    day = body.day or clock.today()
    content, rows, total = _content(_twin(request), supplier, day)
    name = f"usage-{day:%Y%m%d}.csv"
    raw = content.encode()
    companion = f"{name}|{len(raw)}|{rows}|{total}|{hashlib.sha256(raw).hexdigest()}"
    inbox: Path | None = request.app.ctx.config.suppliers_inbox_dir
    if inbox is not None:
        folder = inbox / supplier
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)
        (folder / f"{name}.ok").write_text(companion)
    return FileMade(name, content, companion)


def _content(twin: SuppliersTwin, supplier: str, day: date) -> tuple[str, int, int]:
    """The file, its rows, and the sum of their costs."""
    issued = [one for one in twin.issues(supplier, day) if one.state == "issued"]
    rows = [(f"I-{one.request_no}"[:64], "issued", one.request_no, None, one.at, one.cost_fen) for one in issued]
    used = [
        (one.usage_no, "used", one.request_no, one.code, one.at, one.cost_fen) for one in twin.usages(supplier, day)
    ]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([*rows, *used])
    return out.getvalue(), len(rows) + len(used), sum(row[5] or 0 for row in [*rows, *used])


async def _tell(request: Request, supplier: str, used: Used) -> tuple[int, Any]:
    """One signed callback. Raises `Unavailable`."""
    told = {name: value for name, value in msgspec.structs.asdict(used).items() if value is not None}
    told["used_at"] = told.pop("at")
    body = msgspec.json.encode({"usages": [told]})
    timestamp = str(int(clock.now().timestamp()))
    key = request.app.ctx.supplier_key
    headers = signature.sign(key, supplier, timestamp, secrets.token_urlsafe(18), body)
    headers["Content-Type"] = "application/json"
    platform: httpx.AsyncClient = request.app.ctx.platform
    try:
        answer = await platform.post(f"/channels/v1/suppliers/{supplier}/usage", content=body, headers=headers)
        return answer.status_code, msgspec.json.decode(answer.content)
    except (httpx.HTTPError, msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = f"The platform gave no usable answer ({type(error).__name__})"
        raise Unavailable("sandbox.platform_silent", reason) from None


def _twin(request: Request) -> SuppliersTwin:
    twin: SuppliersTwin = request.app.ctx.suppliers
    return twin
