"""The operators' room on a socket of its own, with one small kind of configuration."""

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import msgspec
import pytest
from sanic import Sanic

import admin_api
from domain import operators
from domain.approvals import Kind, Version
from domain.operators import HEAD_OFFICE, Role
from kit.database import Connection
from kit.errors import Fault, RuleViolated
from kit.http import Routes, install_problems
from kit.tokens import SessionTokens
from tests.serving import serve

PASSWORD = "a-long-password-1"
SignIn = Callable[[str], Awaitable[httpx.AsyncClient]]


class Leaflet(msgspec.Struct, forbid_unknown_fields=True):
    """Something to approve."""

    title: str
    pages: int = 1


async def _check(code: str, definition: Leaflet) -> None:
    if definition.pages < 1:
        raise RuleViolated("leaflet.empty", "没有内容", [Fault("pages", "leaflet.empty", "at least 1")])


async def _print(connection: Connection, version: Version) -> None: ...


@pytest.fixture(scope="session")
def kinds() -> list[Kind]:
    return [Kind(name, Leaflet, _check, _print) for name in ("small-leaflets", "large-leaflets", "tasks")]


@pytest.fixture(scope="session")
def room(kinds: list[Kind]) -> Routes:
    return admin_api.routes(kinds)


@pytest.fixture
async def url(database: str, room: Routes) -> AsyncIterator[str]:
    """Where the room answers; its operators are `maker`, `checker`, `both` and `branch-maker`."""
    for username, roles, branch in (
        ("maker", [Role.MAKER], HEAD_OFFICE),
        ("checker", [Role.CHECKER], HEAD_OFFICE),
        ("both", [Role.MAKER, Role.CHECKER], HEAD_OFFICE),
        ("branch-maker", [Role.MAKER], "SH"),
    ):
        await operators.ensure(username, username, PASSWORD, roles, branch)
    app = Sanic("admin_room")
    app.ctx.operator_tokens = SessionTokens({"k1": "k" * 32}, "cardquest-admin", operators.load_session, largest=0)
    app.ctx.operator_session_hours = 8
    app.ctx.operator_idle_minutes = 30
    app.ctx.second_factor_required = False
    app.ctx.refusals = admin_api.Refusals()
    room.register(app)
    install_problems(app)
    async with serve(app) as http:
        yield f"{http.base_url}/admin/v1"
        await app.ctx.refusals.written()


@pytest.fixture
async def anonymous(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url) as client:
        yield client


@pytest.fixture
async def signed_in(url: str) -> AsyncIterator[SignIn]:
    """Signs an operator in and gives their client."""
    clients: list[httpx.AsyncClient] = []

    async def sign_in(username: str) -> httpx.AsyncClient:
        client = httpx.AsyncClient(base_url=url)
        clients.append(client)
        answer = await client.post("/sessions", json={"username": username, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return client

    yield sign_in
    for client in clients:
        await client.aclose()
