"""How every partner is called: whatever is not a usable answer becomes `NoAnswer`, in one place."""

import asyncio
import functools
import ssl
from collections.abc import Container
from typing import Any, TypeVar

import httpx
import msgspec

from domain.ports import NoAnswer, Refused
from kit import logging

log = logging.get("channels")
_TRY_LATER = (408, 425, 429)
Answer = TypeVar("Answer")


class _Refusal(msgspec.Struct):
    """How partners say no: the two fields of a problem document that we read."""

    code: str
    detail: str


def connect(url: str, timeout_seconds: float) -> httpx.AsyncClient:
    """A client for one partner; `timeout_seconds` bounds a whole call, connecting included. The caller closes it."""
    # Partners are named in the settings; a proxy from the environment must not come between.
    return httpx.AsyncClient(base_url=url, timeout=timeout_seconds, trust_env=False, verify=_trusted())


async def ask(http: httpx.AsyncClient, partner: str, method: str, path: str, **request: Any) -> httpx.Response:
    """One call. Raises `NoAnswer` on a transport error, a timeout, a 5xx or a "later"; other statuses are returned.

    `request` is handed to httpx; nothing of it is logged, as partners put secrets and phones there.
    """
    try:
        # httpx's own timeouts start anew with every byte that drips in.
        async with asyncio.timeout(http.timeout.read):
            response = await http.request(method, path, **request)
    except (httpx.HTTPError, TimeoutError) as error:
        raise no_answer(partner, type(error).__name__) from None
    if response.status_code >= 500 or response.status_code in _TRY_LATER:
        raise no_answer(partner, f"HTTP {response.status_code}")
    return response


def answered(partner: str, response: httpx.Response, kind: type[Answer], refusals: Container[str]) -> Answer:
    """The body of a success. Raises `Refused` for a 4xx with a code of `refusals`, `NoAnswer` for all else."""
    try:
        if response.is_success:
            return msgspec.json.decode(response.content, type=kind)
        refusal = msgspec.json.decode(response.content, type=_Refusal)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise no_answer(partner, f"undecodable, HTTP {response.status_code}") from None
    # A gateway in between may say 404 too; only the partner's own words are a refusal.
    if not response.is_client_error or refusal.code not in refusals:
        raise no_answer(partner, f"undocumented, HTTP {response.status_code}")
    raise Refused(refusal.code, refusal.detail)


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Reading the authorities takes a tenth of a second, so that clients share them."""
    return httpx.create_ssl_context(trust_env=False)


def no_answer(partner: str, reason: str) -> NoAnswer:
    """The error to raise for an answer that says nothing, logged; `reason` carries no content of the call."""
    log.warning("partner.no_answer", partner=partner, reason=reason)
    return NoAnswer(f"{partner}: {reason}")
