"""Versions, schedules and the list of what waits, over HTTP."""

from datetime import timedelta

from kit import clock
from tests.admin_api.conftest import SignIn

ONE = "/small-leaflets/one"


async def test_versions_differences_history_and_copy(signed_in: SignIn) -> None:
    maker, checker = await signed_in("maker"), await signed_in("checker")
    for title in ("一", "二"):
        await maker.put(ONE, json={"title": title})
        await maker.post(f"{ONE}/submit")
        assert (await checker.post(f"{ONE}/approve")).status_code == 200
    page = (await maker.get(f"{ONE}/versions?limit=1")).json()
    assert [one["version"] for one in page["items"]] == [2]
    rest = (await maker.get(f"{ONE}/versions?cursor={page['next_cursor']}")).json()
    assert ([one["version"] for one in rest["items"]], rest["next_cursor"]) == ([1], None)
    assert (await maker.get(f"{ONE}/versions/1")).json()["body"]["title"] == "一"
    assert (await maker.get(f"{ONE}/versions/1/diff/2")).json() == {
        "from_version": 1,
        "to_version": 2,
        "differences": [{"path": "title", "change": "changed", "before": "一", "after": "二"}],
    }
    for missing in ("versions/9", "versions/x", "versions/1/diff/9", f"versions/{2**40}"):
        answer = await maker.get(f"{ONE}/{missing}")
        assert (answer.status_code, answer.json()["code"]) in (
            (404, "configuration.no_such_version"),
            (404, "configuration.not_found"),
        )
    told = (await maker.get(f"{ONE}/history")).json()["items"]
    assert [(one["act"], one["operator"]) for one in told[-3:]] == [
        ("approve", "checker"),
        ("submit", "maker"),
        ("write", "maker"),
    ]
    copied = await maker.post(f"{ONE}/copy", json={"code": "two", "version": 1})
    assert (copied.status_code, copied.json()["state"], copied.json()["body"]["title"]) == (201, "draft", "一")
    again = await maker.post(f"{ONE}/copy", json={"code": "two"})
    assert (again.status_code, again.json()["code"]) == (409, "configuration.code_taken")
    assert (await maker.post(f"{ONE}/copy", json={"code": "../x"})).status_code == 400


async def test_a_version_waits_for_its_time_and_can_be_taken_back(signed_in: SignIn) -> None:
    maker, checker = await signed_in("maker"), await signed_in("checker")
    await maker.put(ONE, json={"title": "一"})
    await maker.post(f"{ONE}/submit")
    late = clock.local_text(clock.now() - timedelta(hours=1))
    refused = await checker.post(f"{ONE}/approve", json={"live_at": late})
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "live_at")
    assert (await checker.post(f"{ONE}/approve", json={"live_at": "2026-11-01T00:00:00"})).status_code == 400
    at = clock.local_text(clock.now() + timedelta(hours=1))
    scheduled = (await checker.post(f"{ONE}/approve", json={"live_at": at})).json()
    assert (scheduled["state"], scheduled["scheduled_at"], scheduled["live_at"]) == ("scheduled", at, None)
    assert (await maker.post(f"{ONE}/unschedule")).json()["state"] == "draft"
    again = await maker.post(f"{ONE}/unschedule")
    assert (again.status_code, again.json()["code"]) == (409, "configuration.wrong_state")


async def test_what_waits_is_listed_for_those_who_may_agree(signed_in: SignIn) -> None:
    maker, checker, both = await signed_in("maker"), await signed_in("checker"), await signed_in("both")
    for who, path in ((maker, ONE), (both, "/large-leaflets/two")):
        await who.put(path, json={"title": "一"})
        await who.post(f"{path}/submit")
    waiting = (await checker.get("/approvals")).json()["items"]
    assert [(one["kind"], one["code"], one["maker"], one["waits_for"]) for one in waiting] == [
        ("small-leaflets", "one", "maker", "checker"),
        ("large-leaflets", "two", "both", "checker"),
    ]
    assert waiting[0]["href"] == "/admin/v1/small-leaflets/one"
    assert 0 <= waiting[0]["age_seconds"] < 60
    assert [one["code"] for one in (await checker.get("/approvals?kind=large-leaflets")).json()["items"]] == ["two"]
    assert [one["code"] for one in (await both.get("/approvals")).json()["items"]] == ["one"]
    assert (await maker.get("/approvals")).json() == {"items": [], "next_cursor": None}
    page = (await checker.get("/approvals?limit=1")).json()
    rest = (await checker.get(f"/approvals?cursor={page['next_cursor']}")).json()
    assert [one["code"] for one in (*page["items"], *rest["items"])] == ["one", "two"]


async def test_lists_take_filters_and_refuse_unknown_ones(signed_in: SignIn) -> None:
    maker = await signed_in("maker")
    await maker.put(ONE, json={"title": "一"})
    since = clock.now().isoformat().replace("+00:00", "Z")
    await maker.put("/small-leaflets/later", json={"title": "一"})
    for query, codes in (
        ("text=LAT", ["later"]),
        ("state=draft", ["later", "one"]),
        ("campaign=autumn", []),
        ("branch=HQ", ["later", "one"]),
        (f"changed_since={since}", ["later"]),
    ):
        found = (await maker.get(f"/small-leaflets?{query}")).json()["items"]
        assert [one["code"] for one in found] == codes, query
    assert (await maker.get("/small-leaflets?owner=me")).status_code == 400
