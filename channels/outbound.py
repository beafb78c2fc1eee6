"""How every partner is called: whatever is not a usable answer becomes `NoAnswer`, in one place."""

import asyncio
import functools
import ssl
from typing import Any

import httpx

from domain.ports import NoAnswer
from kit import logging

log = logging.get("channels")
_TRY_LATER = (408, 425, 429)


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


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Reading the authorities takes a tenth of a second, so that clients share them."""
    return httpx.create_ssl_context(trust_env=False)


def no_answer(partner: str, reason: str) -> NoAnswer:
    """The error to raise for an answer that says nothing, logged; `reason` carries no content of the call."""
    log.warning("partner.no_answer", partner=partner, reason=reason)
    return NoAnswer(f"{partner}: {reason}")
