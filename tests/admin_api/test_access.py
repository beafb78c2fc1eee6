"""Who may ask what, of every route there is: by role, and by branch. What a route says of itself is what it does, and a
route that says nothing does not get into the room.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from admin_api.guard import Access, Scope
from domain import operators
from domain.approvals import Kind
from domain.operators import Role
from kit.http import Operation, Routes
from tests.admin_api import world

OWN, BELOW, FOREIGN = "sh", "pd", "bj"
ANYTHING = {"code": "x", "customer_no": "x", "username": "x"}


def guarded(room: Routes, *scopes: Scope) -> list[Operation]:
    """Of the routes every kind of configuration has, those of one kind: they share their handlers."""
    return [
        one
        for one in room.operations
        if one.guarded
        and (not scopes or one.access.scope in scopes)
        and not one.name.endswith(("_large_leaflets", "_tasks"))
    ]


def body_of(operation: Operation) -> Any:
    found = (body for start, body in world.bodies().items() if operation.name.startswith(start))
    return next(found, None)


async def ask(client: httpx.AsyncClient, operation: Operation, named: dict[str, str]) -> httpx.Response:
    path = re.sub(r"{(\w+)}", lambda found: named.get(found[1], "1"), operation.path.removeprefix("/admin/v1"))
    headers = {"Idempotency-Key": "k"}
    query = {
        "get_bundle": {"documents": f"small-leaflets/{named['code']}"},
        "get_audience_overlap": {"codes": f"{named['code']},sh-thing"},
    }.get(operation.name)
    return await client.request(operation.method.upper(), path, params=query, json=body_of(operation), headers=headers)


@asynccontextmanager
async def as_operator(url: str, username: str, roles: list[Role], branch: str) -> AsyncIterator[httpx.AsyncClient]:
    await operators.ensure(username, "某人", world.PASSWORD, roles, branch)
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        answer = await client.post("/sessions", json={"username": username, "password": world.PASSWORD})
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        yield client


def test_every_route_says_who_may_ask(room: Routes) -> None:
    assert len(guarded(room)) > 70
    for operation in room.operations:
        if not operation.guarded:
            continue
        assert isinstance(operation.access, Access), operation.name
        assert 403 in operation.errors, operation.name
        # A thing in the path is somebody's: another branch's is not there, or it is head office's or one's own.
        if "{" in operation.path:
            assert operation.access.scope in (Scope.ONE, Scope.HEAD_OFFICE, Scope.SELF), operation.name
        assert operation.access.changes or operation.method == "post", operation.name
    assert {one.name for one in room.operations if not one.guarded} == {"post_session"}


def test_a_route_that_says_nothing_does_not_get_in(room: Routes) -> None:
    async def forgotten(request: Any) -> None: ...

    other = Routes("other", "/other", room.guard, room.admit)
    with pytest.raises(TypeError, match="forgotten does not say who may ask"):
        other.route("GET", "/things", tag="t")(forgotten)


async def test_nobody_is_answered_without_a_session(room: Routes, anonymous: httpx.AsyncClient) -> None:
    for operation in guarded(room):
        answer = await ask(anonymous, operation, ANYTHING)
        assert (answer.status_code, answer.json()["code"]) == (401, "session.missing"), operation.name


@pytest.mark.parametrize("branch", ["HQ", "sh-branch"])
async def test_roles_a_route_does_not_name_are_refused(url: str, room: Routes, branch: str) -> None:
    for role in Role:
        async with as_operator(url, f"only-{role}", [role], branch) as client:
            for operation in guarded(room):
                access: Access = operation.access
                if not access.roles or role in access.roles:
                    continue
                answer = await ask(client, operation, ANYTHING)
                away = access.scope is Scope.HEAD_OFFICE and branch != "HQ"
                code = "operator.head_office_only" if away else "operator.missing_role"
                assert (answer.status_code, answer.json()["code"]) == (403, code), (operation.name, role)


async def test_roles_a_route_names_are_let_in(url: str, room: Routes) -> None:
    for role in Role:
        async with as_operator(url, f"only-{role}", [role], "HQ") as client:
            for operation in guarded(room):
                access: Access = operation.access
                if access.scope is Scope.SELF or (access.roles and role not in access.roles):
                    continue
                if not access.roles and role is not Role.SUPPORT:
                    continue  # whoever it is: once is enough
                answer = await ask(client, operation, ANYTHING)
                assert answer.status_code not in (401, 403), (operation.name, role, answer.text)
                assert answer.status_code < 500, (operation.name, role, answer.text)


async def test_what_is_head_offices_is_refused_to_branches(url: str, room: Routes) -> None:
    async with as_operator(url, "sh-op", list(Role), "sh-branch") as client:
        for operation in guarded(room, Scope.HEAD_OFFICE):
            answer = await ask(client, operation, ANYTHING)
            assert (answer.status_code, answer.json()["code"]) == (403, "operator.head_office_only"), operation.name


async def test_a_thing_of_another_branch_is_not_there(url: str, room: Routes, kinds: list[Kind]) -> None:
    await world.build(kinds)
    foreign, below = await world.ids(FOREIGN), await world.ids(BELOW)
    async with as_operator(url, "sh-op", list(Role), "sh-branch") as client:
        for operation in guarded(room, Scope.ONE):
            assert {*re.findall(r"{(\w+)}", operation.path)} <= foreign.keys(), f"{operation.name}: tell the world"
            refused = await ask(client, operation, foreign)
            assert refused.status_code == 404, (operation.name, refused.text)
            # What hides another branch's things lets those below through, whatever then becomes of the request.
            let_in = await ask(client, operation, below)
            problem = let_in.json().get("code") if let_in.status_code >= 400 else None
            assert problem != refused.json()["code"], (operation.name, let_in.text)
            fine = let_in.status_code in (200, 201, 202, 204, 404, 409, 422) or problem == "export.not_yours"
            assert fine, (operation.name, let_in.text)


async def test_lists_have_what_is_of_ones_own_branch_and_below(url: str, room: Routes, kinds: list[Kind]) -> None:
    await world.build(kinds)
    for username, sees in (("hq-op", "sh pd bj"), ("sh-op", "sh pd"), ("pd-op", "pd"), ("bj-op", "bj")):
        branch = "HQ" if username == "hq-op" else username.replace("op", "branch")
        async with as_operator(url, username, list(Role), branch) as client:
            for operation in guarded(room, Scope.ROWS):
                answer = await client.get(operation.path.removeprefix("/admin/v1"), params={})
                assert answer.status_code == 200, (operation.name, answer.text)
                # The name of the branch above a branch is no secret of that branch.
                text = re.sub(r'"parent":"[^"]*"', "", answer.text)
                found = {short for short in world.BRANCHES if f'"{short}-' in text}
                expected = set(sees.split())
                if operation.name == "list_audit" and branch != "HQ":
                    expected = {branch[:2]}  # who has acted: nobody below has yet
                assert expected <= found <= set(sees.split()), (operation.name, username, found)


async def test_what_is_made_is_of_the_makers_branch(url: str, room: Routes, kinds: list[Kind]) -> None:
    made = {"make_coupon_issue", "import_file", "make_export", "post_operator", "bring_in_bundle", "preview_audience"}
    assert {one.name for one in guarded(room, Scope.MADE)} == made
    await world.build(kinds)
    async with as_operator(url, "sh-op", list(Role), "sh-branch") as client:
        for customer, status in (("sh-customer", 201), ("pd-customer", 201), ("bj-customer", 422)):
            file = f"customer_no\n{customer}\n".encode()
            taken = await client.post("/imports", params={"kind": "audience", "name": "f"}, content=file)
            assert taken.status_code == status, taken.text
        for branch, status in (("sh-branch", 201), ("pd-branch", 201), ("bj-branch", 422), ("HQ", 422)):
            new = {"username": f"new-{branch.lower()}", "name": "n", "roles": ["maker"], "branch": branch}
            assert (await client.post("/operators", json=new)).status_code == status, branch
        documents = [{"kind": "small-leaflets", "code": "brought", "body": {"title": "t"}}]
        brought = await client.post("/bundles", json={"format": "cardquest-bundle/1", "documents": documents})
        assert brought.status_code == 200, brought.text
        assert (await client.get("/small-leaflets/brought")).json()["branch"] == "sh-branch"
        listed = await client.post("/exports", json={"list": "claims", "reason": "r"}, headers={"Idempotency-Key": "k"})
        assert (listed.status_code, listed.json()["branch"]) == (201, "sh-branch")
        everybody = {"name": "n", "rule": {"field": "level", "at_least": 0}}
        previewed = (await client.post("/audiences/preview", json=everybody)).json()
        assert sorted(previewed["by_branch"]) == ["pd-branch", "sh-branch"]
        assert "bj-" not in str(previewed)
        asked = {"template": "sh-thing", "reason": "r", "audience": {"branches": ["bj-branch"]}}
        refused = await client.post("/coupon-issues", json=asked, headers={"Idempotency-Key": "k"})
        assert [one["path"] for one in refused.json()["errors"]] == ["audience.branches[0]"]
