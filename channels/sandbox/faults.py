"""Ways to fail on command, before or after the work is done, and how each looks on the wire."""

import asyncio
import re
import socket
import struct
from dataclasses import dataclass
from typing import cast

from sanic import HTTPResponse, Request
from sanic.response import json as json_answer

from kit.errors import BadInput, Fault

SERVICES = ("card_core", "wechat", "sms", "bank_app", "suppliers", "push")
SLOW = "slow"
KINDS = "slow (works, late), timeout, connection_reset, html, garbage, http_NNN (400 to 599), errcode_N (WeChat)"
AFTER_WORK = "_after_work"
_KIND = re.compile(r"slow|timeout|connection_reset|html|garbage|http_[45][0-9]{2}|errcode_-?[0-9]{1,6}")
_RESET = struct.pack("ii", 1, 0)


@dataclass
class ArmedFault:
    """A fault that will happen `times` more times to calls whose path contains `path`."""

    service: str
    fault: str
    times: int
    path: str = ""


class Faults:
    """What is armed, in order; the first that fits a call happens to it."""

    def __init__(self) -> None:
        self.armed: list[ArmedFault] = []

    def arm(self, service: str, fault: str, times: int, path: str) -> None:
        """Raises `BadInput` for a fault or service we cannot play."""
        if not _KIND.fullmatch(fault.removesuffix(AFTER_WORK)) or fault == SLOW + AFTER_WORK:
            detail = f"one of {KINDS}; each of the others also with {AFTER_WORK}"
            raise BadInput("request.invalid", f"Unknown fault: {detail}", [Fault("fault", "invalid", detail)])
        self.armed.append(ArmedFault(service_name(service), fault, times, path))

    def take(self, service: str, path: str) -> str | None:
        """The fault of this call, used up once."""
        for one in self.armed:
            if one.service == service and one.path in path:
                one.times -= 1
                if one.times <= 0:
                    self.armed.remove(one)
                return one.fault
        return None

    def clear(self) -> None:
        """Everything works again."""
        self.armed.clear()


def service_name(given: str) -> str:
    """`card-core` and `card_core` are the same service. Raises `BadInput` for one we do not have."""
    name = given.replace("-", "_")
    if name not in SERVICES:
        detail = f"one of {', '.join(SERVICES)}"
        raise BadInput("request.invalid", f"Unknown service: {detail}", [Fault("service", "invalid", detail)])
    return name


async def misbehave(request: Request, fault: str, hold_seconds: float) -> HTTPResponse:
    """Play `fault` (without its `_after_work`): the answer to give, or a connection already gone."""
    if fault == "timeout":
        await asyncio.sleep(hold_seconds)
        return hang_up(request)
    if fault == "connection_reset":
        return hang_up(request, reset=True)
    if fault == "html":
        return HTTPResponse("<html><body>系统维护中 maintenance</body></html>", content_type="text/html; charset=utf-8")
    if fault == "garbage":
        return HTTPResponse('{"state": "disb', content_type="application/json")
    kind, _, number = fault.partition("_")
    if kind == "errcode":
        return json_answer({"errcode": int(number), "errmsg": "armed in the sandbox"})
    return HTTPResponse("armed in the sandbox", int(number), content_type="text/plain")


def hang_up(request: Request, *, reset: bool = False) -> HTTPResponse:
    """Close the connection without an answer; what is returned goes nowhere."""
    transport = cast(asyncio.Transport | None, request.transport)
    if transport is not None:
        connection = transport.get_extra_info("socket")
        if reset and connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        transport.abort()
    return HTTPResponse(status=500)
