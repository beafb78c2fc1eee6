"""An operator's own account over HTTP: the password that has to be changed, the second factor, the open sessions."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pyotp
import pytest
from sanic import Sanic

from admin_api import Refusals
from domain import operators
from domain.operators import Role
from kit import clock
from kit import database as db
from kit.http import Routes, install_problems
from kit.tokens import SessionTokens
from tests.admin_api.conftest import PASSWORD, SignIn
from tests.serving import serve


@asynccontextmanager
async def web_process(database: str, room: Routes, name: str, *, compulsory: bool = False) -> AsyncIterator[str]:
    """The room as another web process has it, with tokens of its own."""
    app = Sanic(name)
    app.ctx.operator_tokens = SessionTokens({"k1": "k" * 32}, "cardquest-admin", operators.load_session, largest=0)
    app.ctx.operator_session_hours, app.ctx.operator_idle_minutes = 8, 30
    app.ctx.second_factor_required, app.ctx.refusals = compulsory, Refusals()
    room.register(app)
    install_problems(app)
    async with serve(app) as http:
        yield f"{http.base_url}/admin/v1"
        await app.ctx.refusals.written()


@pytest.fixture
async def administrator(url: str, signed_in: SignIn) -> httpx.AsyncClient:
    await operators.ensure("admin", "管理员", PASSWORD, [Role.ADMINISTRATOR], "HQ")
    return await signed_in("admin")


@asynccontextmanager
async def session(url: str, username: str, password: str = PASSWORD) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url) as client:
        answer = await client.post("/sessions", json={"username": username, "password": password})
        assert answer.status_code == 201, answer.text
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        yield client


async def test_a_one_time_password_opens_nothing_but_its_change(url: str, administrator: httpx.AsyncClient) -> None:
    new = {"username": "newcomer", "name": "新人", "roles": ["maker"], "branch": "SH"}
    made = await administrator.post("/operators", json=new)
    assert made.status_code == 201, made.text
    assert made.json()["operator"]["one_time_until"] is not None
    one_time = made.json()["one_time_password"]
    async with session(url, "newcomer", one_time) as client:
        assert (await client.get("/account")).json()["to_do"] == "change_password"
        refused = await client.get("/small-leaflets")
        assert (refused.status_code, refused.json()["code"]) == (403, "operator.password_change_required")
        weak = await client.put("/account/password", json={"current": one_time, "new": "newcomer-1"})
        assert (weak.status_code, [one["code"] for one in weak.json()["errors"]]) == (
            422,
            ["password.length", "password.username"],
        )
        changed = await client.put("/account/password", json={"current": one_time, "new": "a-long-password-3"})
        assert changed.status_code == 204
        assert (await client.get("/small-leaflets")).status_code == 200
        assert (await client.get("/account")).json() == {
            "username": "newcomer",
            "name": "新人",
            "roles": ["maker"],
            "branch": "SH",
            "branches": ["SH"],
            "second_factor": False,
            "to_do": None,
        }


async def test_a_second_factor_is_enrolled_and_asked(url: str, anonymous: httpx.AsyncClient) -> None:
    right = {"username": "maker", "password": PASSWORD}
    async with session(url, "maker") as client:
        assert (await client.post("/account/second-factor", json={"password": "guess"})).status_code == 403
        offered = (await client.post("/account/second-factor", json={"password": PASSWORD})).json()
        totp = pyotp.parse_uri(offered["address"])
        assert isinstance(totp, pyotp.TOTP)
        assert (totp.secret, totp.issuer, totp.name) == (offered["secret"], "Cardquest", "maker")
        first = totp.at(clock.machine_now(), counter_offset=-1)
        wrong = await client.post("/account/second-factor/confirmation", json={"code": "nonsense"})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "operator.wrong_code")
        assert (await client.post("/account/second-factor/confirmation", json={"code": first})).status_code == 204
        assert (await client.get("/account")).json()["second_factor"] is True
    asked = await anonymous.post("/sessions", json=right)
    assert (asked.status_code, asked.json()["code"]) == (401, "operator.code_required")
    code = totp.at(clock.machine_now())
    assert (await anonymous.post("/sessions", json={**right, "code": code})).status_code == 201
    again = await anonymous.post("/sessions", json={**right, "code": code})
    assert (again.status_code, again.json()["code"]) == (401, "operator.code_used")


async def test_where_it_is_compulsory_others_may_only_enrol(database: str, url: str, room: Routes) -> None:
    async with web_process(database, room, "strict_room", compulsory=True) as strict:
        async with session(strict, "maker") as client:
            assert (await client.get("/account")).json()["to_do"] == "enrol_second_factor"
            refused = await client.get("/small-leaflets")
            assert (refused.status_code, refused.json()["code"]) == (403, "operator.second_factor_required")
            offered = (await client.post("/account/second-factor", json={"password": PASSWORD})).json()
            code = {"code": pyotp.TOTP(offered["secret"]).at(clock.machine_now())}
            assert (await client.post("/account/second-factor/confirmation", json=code)).status_code == 204
            assert (await client.get("/small-leaflets")).status_code == 200


async def test_sessions_end_in_every_web_process_at_once(
    database: str, room: Routes, url: str, administrator: httpx.AsyncClient
) -> None:
    async with web_process(database, room, "first_room") as first, web_process(database, room, "second_room") as second:
        async with session(first, "maker") as here, httpx.AsyncClient(base_url=second) as there:
            there.headers.update(here.headers)
            for end in (
                lambda: administrator.delete("/operators/maker/sessions"),
                lambda: administrator.patch("/operators/maker", json={"roles": ["maker", "support"]}),
                lambda: administrator.patch("/operators/maker", json={"active": False}),
            ):
                async with session(first, "maker") as again:
                    here.headers["Authorization"] = there.headers["Authorization"] = again.headers["Authorization"]
                assert (await here.get("/small-leaflets")).status_code == 200
                assert (await there.get("/small-leaflets")).status_code == 200
                assert (await end()).status_code in (200, 204)
                for client in (here, there):
                    refused = await client.get("/small-leaflets")
                    assert (refused.status_code, refused.json()["code"]) == (401, "session.revoked")


async def test_sessions_are_listed_and_ended(url: str, administrator: httpx.AsyncClient) -> None:
    async with session(url, "maker") as one, session(url, "maker") as other:
        listed = (await one.get("/sessions")).json()["items"]
        assert sorted(item["current"] for item in listed) == [False, True]
        [foreign] = [item["session_id"] for item in listed if not item["current"]]
        assert (await administrator.delete(f"/sessions/{foreign}")).status_code == 404
        assert (await one.delete(f"/sessions/{foreign}")).status_code == 204
        assert (await other.get("/small-leaflets")).status_code == 401
        seen = (await administrator.get("/operators/maker/sessions")).json()["items"]
        assert [item["session_id"] for item in seen] == [item["session_id"] for item in listed if item["current"]]
        assert (await administrator.delete(f"/operators/maker/sessions/{seen[0]['session_id']}")).status_code == 204
        assert (await one.get("/small-leaflets")).status_code == 401


async def test_a_lock_is_seen_and_lifted_by_a_reset(
    url: str, anonymous: httpx.AsyncClient, administrator: httpx.AsyncClient
) -> None:
    for _ in range(5):
        await anonymous.post("/sessions", json={"username": "maker", "password": "guess"})
    assert (await administrator.get("/operators/maker")).json()["locked_until"] is not None
    reset = (await administrator.post("/operators/maker/password-reset")).json()
    async with session(url, "maker", reset["one_time_password"]) as client:
        assert (await client.get("/account")).json()["to_do"] == "change_password"
    assert (await administrator.get("/operators/maker")).json()["locked_until"] is None
    assert (await administrator.post("/operators/admin/password-reset")).json()["code"] == "operator.own_account"


async def test_malformed_accounts_are_refused(administrator: httpx.AsyncClient) -> None:
    good = {"username": "newcomer", "name": "新人", "roles": ["maker"], "branch": "SH"}
    for change in ({"username": "A B"}, {"username": "x"}, {"roles": ["king"]}, {"name": ""}, {"password": "x"}):
        assert (await administrator.post("/operators", json={**good, **change})).status_code == 400, change
    unknown = await administrator.post("/operators", json={**good, "branch": "nowhere"})
    assert (unknown.status_code, unknown.json()["errors"][0]["path"]) == (422, "branch")
    assert await db.fetchval("SELECT count(*) FROM operator WHERE username = 'newcomer'") == 0


async def test_the_tree_over_http(administrator: httpx.AsyncClient) -> None:
    body = {"name": "浦东支行", "parent": "SH"}
    assert (await administrator.put("/branches/PD", json=body)).status_code == 201
    assert (await administrator.put("/branches/PD", json={**body, "name": "浦东"})).status_code == 200
    assert {"code": "PD", "name": "浦东", "parent": "SH"} in (await administrator.get("/branches")).json()["items"]
    ring = await administrator.put("/branches/SH", json={"name": "上海", "parent": "PD"})
    assert (ring.status_code, ring.json()["errors"][0]["path"]) == (422, "parent")
    assert (await administrator.put("/branches/HQ", json={"name": "x", "parent": "SH"})).status_code == 409
    assert (await administrator.put("/branches/%20", json=body)).status_code == 400
