"""Whose address a request comes from, when some of those who forward it are our own proxies."""

import functools
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from sanic import Request

FORWARDED = "X-Forwarded-For"


def client_address(request: Request, proxies: Sequence[str]) -> str | None:
    """The address of the client; None where the connection has none.

    Whatever is not a proxy of ours (`proxies`, networks in CIDR) is the client: of what it says of others nothing is
    believed. Proxies append to the header, so it is read from its end.
    """
    peer = request.conn_info.client_ip if request.conn_info else None
    if not peer or not proxies:
        return _plain(peer)
    named = [part.strip() for part in ",".join(request.headers.getall(FORWARDED, [])).split(",")]
    while named and _is_ours(peer, tuple(proxies)):
        before = _plain(named.pop())
        if before is None:
            break
        peer = before
    return _plain(peer)


@functools.lru_cache(maxsize=4_096)
def _plain(text: str | None) -> str | None:
    """As addresses are written; an IPv4 one inside an IPv6 one is that IPv4 one."""
    try:
        address = ip_address((text or "").strip("[]"))
    except ValueError:
        return None
    return str(address.ipv4_mapped if isinstance(address, IPv6Address) and address.ipv4_mapped else address)


@functools.lru_cache(maxsize=4_096)
def _is_ours(text: str, proxies: tuple[str, ...]) -> bool:
    plain = _plain(text)
    return plain is not None and any(_within(ip_address(plain), ip_network(one)) for one in proxies)


def _within(address: IPv4Address | IPv6Address, network: IPv4Network | IPv6Network) -> bool:
    return address.version == network.version and address in network
