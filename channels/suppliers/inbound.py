"""Suppliers tell us what was used: signed callbacks, by the key their document names."""

from typing import Any

import msgspec
from sanic import Request

from channels.card_core import signature
from channels.suppliers.wire import ParkedAnswer, RawUsageBatch, RejectedUsage, UsageAnswer, UsageBatch, UsageTold
from domain import benefits, suppliers
from domain.suppliers import Usage
from kit.errors import BadInput, Fault, Unauthenticated
from kit.http import Routes
from kit.http.problems import bad_input
from kit.rsa import public_key

routes = Routes("suppliers", "/channels/v1")
_batch = msgspec.json.Decoder(RawUsageBatch)
_usage = msgspec.json.Decoder(UsageTold)


@routes.route(
    "POST",
    "/suppliers/{supplier}/usage",
    tag="suppliers",
    public=True,
    errors=(400, 401, 503),
    headers=signature.HEADERS,
    raw_body=UsageBatch,
)
async def receive_usage(request: Request, supplier: str) -> UsageAnswer:
    """Take a signed batch of up to 1,000 usages; `X-Partner` is the supplier's code.

    Answered only after they are durable; a bad one is listed and refuses no other, one that fits no grant of ours is
    parked. Sending them again, in any order, is harmless. Suspended and exited suppliers may tell too.
    """
    await _admit(request, supplier)
    told, rejected = _read(request.body)
    outcomes = await suppliers.take_usages(supplier, [usage for _, usage in told], "callback")
    states = [one.state for one in outcomes]
    parked = [
        ParkedAnswer(place, usage.usage_no, one.reason or "")
        for (place, usage), one in zip(told, outcomes, strict=True)
        if one.state == "parked"
    ]
    return UsageAnswer(states.count("taken"), states.count("duplicate"), parked, rejected)


async def _admit(request: Request, code: str) -> None:
    known = await benefits.supplier_of(code)
    if known is None or not known.definition.public_key:
        raise Unauthenticated("signature.unknown_partner", "There is no supplier of this code with a key of its own")
    keys = {code: public_key(known.definition.public_key.encode())}
    await signature.admit(request.headers, request.body, keys)


def _read(body: bytes) -> tuple[list[tuple[int, Usage]], list[RejectedUsage]]:
    """Good usages with their places, and what is wrong with the others. Raises `BadInput` where it is no batch."""
    try:
        batch = _batch.decode(body)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad_input(error) from None
    told: list[tuple[int, Usage]] = []
    rejected: list[RejectedUsage] = []
    for place, raw in enumerate(batch.usages):
        usage = _judged(raw)
        if isinstance(usage, Fault):
            rejected.append(RejectedUsage(place, usage.path, usage.code, usage.detail))
        else:
            told.append((place, usage))
    return told, rejected


def _judged(raw: Any) -> Usage | Fault:
    try:
        told = _usage.decode(raw)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        refusal: BadInput = bad_input(error)
        return refusal.faults[0] if refusal.faults else Fault("", "invalid", refusal.message)
    if (told.request_no is None) == (told.code is None):
        return Fault("code", "usage.unclear", "exactly one of request_no and code")
    return Usage(told.usage_no, told.used_at, told.request_no, told.code, told.cost_fen)
