"""Ending an operator's sessions, in a house of several web processes."""

import httpx

from tests.platform import Platform


def _account(address: str, token: str) -> httpx.Response:
    return httpx.get(f"{address}/admin/v1/account", headers={"Authorization": token}, trust_env=False, timeout=20)


def test_a_session_that_is_ended_is_over_in_every_process(platform: Platform) -> None:
    with platform.another_web("another-web") as other, platform.operator("admin") as administrator:
        for base in (platform.url, other):
            with platform.operator("branch-maker") as somebody:
                token = somebody.headers["Authorization"]
            for address in (platform.url, other) * 2:  # both processes know the session by heart
                assert _account(address, token).status_code == 200
            ended = httpx.delete(
                f"{base}/admin/v1/operators/branch-maker/sessions",
                headers={"Authorization": administrator.headers["Authorization"]},
                trust_env=False,
                timeout=20,
            )
            assert ended.status_code < 300, ended.text
            for address in (platform.url, other):
                answer = _account(address, token)
                assert (answer.status_code, answer.json()["code"]) == (401, "session.revoked")
