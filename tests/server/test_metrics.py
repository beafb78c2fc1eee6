"""What /metrics tells of the invariants."""

import time

import httpx

from tests.platform import Platform, eventually


def test_the_last_check_of_every_invariant_is_told(platform: Platform) -> None:
    told = eventually(lambda: _told(platform), 40)  # the worker checks by itself
    assert told['cardquest_invariant_violations{invariant="coupon.within_stock"}'] == 0.0
    assert abs(told["cardquest_invariant_checked_seconds"] - time.time()) < 3600


def _told(platform: Platform) -> dict[str, float]:
    lines = httpx.get(f"{platform.url}/metrics", trust_env=False).text.splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if line.startswith("cardquest_invariant_"))
    told = {name: float(value) for name, value in pairs}
    return told if len(told) > 20 else {}
