"""The client's address: nobody is believed but our own proxies."""

from types import SimpleNamespace
from typing import Any

import pytest
from sanic.compat import Header

from kit.http import client_address

OURS = ["10.0.0.0/8", "2001:db8::/32"]


def request(peer: str, *forwarded: str) -> Any:
    headers = Header([("X-Forwarded-For", one) for one in forwarded])
    return SimpleNamespace(conn_info=SimpleNamespace(client_ip=peer), headers=headers)


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["somebody"], "10.0.0.1"),
        ("2001:db8::1", ["[2001:DB9:0::7]"], "2001:db9::7"),
        ("::ffff:203.0.113.7", [], "203.0.113.7"),
        ("", [], None),
    ],
)
def test_the_last_who_is_no_proxy_of_ours_is_the_client(peer: str, forwarded: list[str], client: str | None) -> None:
    assert client_address(request(peer, *forwarded), OURS) == client


def test_without_proxies_what_is_forwarded_is_not_read() -> None:
    assert client_address(request("10.0.0.1", "198.51.100.1"), ()) == "10.0.0.1"
