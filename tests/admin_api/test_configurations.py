"""Configurations over HTTP: the whole way from a draft to its end, and what is refused on it."""

from collections.abc import Awaitable, Callable

import httpx

from kit.http import Routes, document

SignIn = Callable[[str], Awaitable[httpx.AsyncClient]]
ONE = "/small-leaflets/one"


async def live(signed_in: SignIn, path: str = ONE) -> tuple[httpx.AsyncClient, httpx.AsyncClient]:
    maker, checker = await signed_in("maker"), await signed_in("checker")
    await maker.put(path, json={"title": "一"})
    await maker.post(f"{path}/submit")
    assert (await checker.post(f"{path}/approve")).status_code == 200
    return maker, checker


async def test_from_draft_to_end(signed_in: SignIn) -> None:
    maker, checker = await signed_in("maker"), await signed_in("checker")
    created = await maker.put(ONE, json={"title": "一"})
    assert created.status_code == 201
    assert (await maker.put(ONE, json={"title": "二"})).status_code == 200
    states = [
        (await who.post(f"{ONE}/{verb}")).json()["state"]
        for who, verb in (
            (maker, "submit"),
            (checker, "approve"),
            (maker, "pause"),
            (checker, "resume"),
            (checker, "end"),
        )
    ]
    assert states == ["submitted", "live", "paused", "live", "ended"]
    read = (await maker.get(ONE)).json()
    assert read.pop("content_hash") != created.json()["content_hash"]
    for instant in ("created_at", "submitted_at", "live_at", "ended_at"):
        assert read.pop(instant).endswith("+08:00")
    assert read == {
        "kind": "small-leaflets",
        "code": "one",
        "version": 1,
        "state": "ended",
        "body": {"title": "二", "pages": 1},
        "branch": "HQ",
        "maker": "maker",
        "checker": "checker",
        "reject_reason": None,
        "live": None,
        "impact": None,
    }


async def test_reading_shows_the_draft_and_what_is_live_meanwhile(signed_in: SignIn) -> None:
    maker, _ = await live(signed_in)
    await maker.put(ONE, json={"title": "二"})
    read = (await maker.get(ONE)).json()
    assert (read["version"], read["state"], read["live"]["version"], read["live"]["state"]) == (2, "draft", 1, "live")


async def test_the_maker_may_not_approve(signed_in: SignIn) -> None:
    both = await signed_in("both")
    await both.put(ONE, json={"title": "一"})
    await both.post(f"{ONE}/submit")
    answer = await both.post(f"{ONE}/approve")
    assert (answer.status_code, answer.json()["code"]) == (403, "approval.maker_is_checker")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_refusals_by_role_state_and_content(signed_in: SignIn) -> None:
    maker, checker = await signed_in("maker"), await signed_in("checker")
    await maker.put(ONE, json={"title": "一"})
    for who, method, path, body, status, code in (
        (checker, "PUT", ONE, {"title": "二"}, 403, "operator.missing_role"),
        (maker, "POST", f"{ONE}/approve", None, 403, "operator.missing_role"),
        (checker, "POST", f"{ONE}/approve", None, 409, "configuration.wrong_state"),
        (maker, "POST", f"{ONE}/pause", None, 409, "configuration.wrong_state"),
        (maker, "POST", f"{ONE}/submit", None, 200, None),
        (maker, "PUT", ONE, {"title": "二"}, 409, "configuration.submitted"),
        (checker, "POST", f"{ONE}/approve", {"content_hash": "0" * 64}, 409, "approval.content_changed"),
        (checker, "POST", f"{ONE}/approve", {"content_hash": "x"}, 400, "request.invalid"),
        (checker, "POST", f"{ONE}/reject", {}, 400, "request.invalid"),
        (checker, "POST", f"{ONE}/reject", {"reason": "标题"}, 200, None),
        (maker, "POST", "/small-leaflets/none/submit", None, 404, "configuration.not_found"),
        (maker, "GET", "/large-leaflets/one", None, 404, "configuration.not_found"),
    ):
        answer = await who.request(method, path, json=body)
        assert (answer.status_code, answer.json().get("code") if status >= 400 else None) == (status, code), path


async def test_a_checker_approves_the_hash_that_was_read(signed_in: SignIn) -> None:
    maker, checker = await signed_in("maker"), await signed_in("checker")
    await maker.put(ONE, json={"title": "一"})
    await maker.post(f"{ONE}/submit")
    content_hash = (await checker.get(ONE)).json()["content_hash"]
    answer = await checker.post(f"{ONE}/approve", json={"content_hash": content_hash})
    assert (answer.status_code, answer.json()["checker"]) == (200, "checker")


async def test_faults_carry_their_paths(signed_in: SignIn) -> None:
    maker = await signed_in("maker")
    for body, status, path in (
        ({"title": "一", "pages": 0}, 422, "pages"),
        ({"title": 1}, 400, "title"),
        ({"title": "一", "colour": "red"}, 400, "colour"),
    ):
        answer = await maker.put(ONE, json=body)
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (status, path)
    for code in ("x" * 65, "a b", "-a", "名"):
        answer = await maker.put(f"/small-leaflets/{code}", json={"title": "一"})
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "code")


async def test_a_branch_does_not_see_head_offices(signed_in: SignIn) -> None:
    maker, branch = await signed_in("maker"), await signed_in("branch-maker")
    await maker.put(ONE, json={"title": "一"})
    await branch.put("/small-leaflets/own", json={"title": "二"})
    assert (await branch.get(ONE)).status_code == 404
    assert (await branch.put(ONE, json={"title": "三"})).status_code == 404
    codes = [item["code"] for item in (await branch.get("/small-leaflets")).json()["items"]]
    assert codes == ["own"]
    assert (await maker.get("/small-leaflets/own")).json()["branch"] == "SH"


async def test_lists_page_and_filter(signed_in: SignIn) -> None:
    maker, _ = await live(signed_in)
    for code in ("two", "three"):
        await maker.put(f"/small-leaflets/{code}", json={"title": code})
    first = (await maker.get("/small-leaflets?limit=2")).json()
    rest = (await maker.get("/small-leaflets", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [item["code"] for item in first["items"] + rest["items"]] == ["three", "two", "one"]
    assert rest["next_cursor"] is None
    only = (await maker.get("/small-leaflets?state=live")).json()["items"]
    assert [item["code"] for item in only] == ["one"]
    for bad in ("state=gone", "limit=101", "cursor=x", "stat=live"):
        assert (await maker.get(f"/small-leaflets?{bad}")).status_code == 400


async def test_the_figures_of_a_task_are_for_its_branch_and_head_office(signed_in: SignIn) -> None:
    maker, branch = await signed_in("maker"), await signed_in("branch-maker")
    await maker.put("/tasks/refuel", json={"title": "一"})
    nothing_yet = dict.fromkeys(("claimed", "completed", "rewarded", "expired", "clawed_back", "cost_fen"), 0)
    assert (await maker.get("/reports/tasks/refuel")).json() == nothing_yet
    assert (await branch.get("/reports/tasks/refuel")).status_code == 404
    assert (await maker.get("/reports/tasks/unknown")).status_code == 404


def test_every_operation_has_its_own_name_and_only_few_may_come_without_their_body(room: Routes) -> None:
    described = document("admin", "1", "", room.operations, cookie=None)
    operations = [operation for path in described["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert {"put_small_leaflets", "approve_large_leaflets"} <= set(names)
    required = {o["operationId"]: o["requestBody"]["required"] for o in operations if "requestBody" in o}
    assert {name for name, must in required.items() if not must} - {"verify_audit", "freeze_audience"} == {
        f"{verb}_{kind}"
        for verb in ("approve", "approve_budget")
        for kind in ("small_leaflets", "large_leaflets", "tasks")
    }
    body = described["paths"]["/admin/v1/small-leaflets/{code}"]["put"]["requestBody"]["content"]
    assert body["application/json"]["schema"] == {"$ref": "#/components/schemas/Leaflet"}
