"""Signing in and out over HTTP."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx

SignIn = Callable[[str], Awaitable[httpx.AsyncClient]]
RIGHT = {"username": "maker", "password": "a-long-password-1"}


async def test_a_sign_in_answers_a_token_and_its_end(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.post("/sessions", json={**RIGHT, "code": "123456"})
    assert answer.status_code == 201
    assert set(answer.json()) == {"token", "expires_at"}
    lasts = datetime.fromisoformat(answer.json()["expires_at"]) - datetime.now(UTC)
    assert timedelta(hours=7, minutes=59) < lasts <= timedelta(hours=8)


async def test_a_refused_sign_in_says_nothing_about_the_name(anonymous: httpx.AsyncClient) -> None:
    answers = [
        await anonymous.post("/sessions", json={"username": name, "password": "guess"}) for name in ("maker", "nobody")
    ]
    problems = [{**answer.json(), "trace_id": ""} for answer in answers]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert problems[0] == problems[1]
    assert problems[0]["code"] == "operator.wrong_credentials"


async def test_a_locked_account_is_told_so(anonymous: httpx.AsyncClient) -> None:
    for _ in range(5):
        await anonymous.post("/sessions", json={"username": "maker", "password": "guess"})
    answer = await anonymous.post("/sessions", json=RIGHT)
    assert (answer.status_code, answer.json()["code"]) == (403, "operator.locked")


async def test_credentials_of_another_shape_are_malformed(anonymous: httpx.AsyncClient) -> None:
    for body in ({}, {"username": "maker"}, {**RIGHT, "otp": "1"}, {**RIGHT, "password": ""}):
        assert (await anonymous.post("/sessions", json=body)).status_code == 400


async def test_without_a_token_nothing_is_answered(anonymous: httpx.AsyncClient) -> None:
    for header, code in (
        ({}, "session.missing"),
        ({"Authorization": "Basic bWFrZXI6eA=="}, "session.missing"),
        ({"Authorization": "Bearer"}, "session.missing"),
        ({"Authorization": "Bearer x.y.z"}, "session.invalid"),
    ):
        answer = await anonymous.get("/small-leaflets", headers=header)
        assert (answer.status_code, answer.json()["code"]) == (401, code)


async def test_after_signing_out_the_token_is_refused(signed_in: SignIn) -> None:
    maker, other = await signed_in("maker"), await signed_in("maker")
    assert (await maker.delete("/sessions/current")).status_code == 204
    answer = await maker.get("/small-leaflets")
    assert (answer.status_code, answer.json()["code"]) == (401, "session.revoked")
    assert (await other.get("/small-leaflets")).status_code == 200
