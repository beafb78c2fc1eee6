"""Bundles over HTTP, as JSON and YAML; what is no plain document is refused before anything is built of it."""

import msgspec
import pytest

from tests.admin_api.conftest import SignIn

ONE, TWO = "/small-leaflets/one", "/large-leaflets/two"
ALL = "/bundles?documents=small-leaflets/one,large-leaflets/two"
BODY = "documents: [{kind: small-leaflets, code: new, body: {title: '2026-01-01'}}]"


@pytest.mark.parametrize("format", ["json", "yaml"])
async def test_what_is_taken_out_can_be_brought_in(signed_in: SignIn, format: str) -> None:
    maker = await signed_in("maker")
    await maker.put(ONE, json={"title": '一："引号"\n2026-01-01'})
    await maker.put(TWO, json={"title": "yes", "pages": 7})
    out = await maker.get(f"{ALL}&format={format}")
    assert out.status_code == 200
    assert out.headers["content-type"].startswith(f"application/{format}")
    again = await maker.post(f"/bundles?format={format}", content=out.content)
    assert again.json() == {
        "dry_run": False,
        "documents": [
            {"kind": "large-leaflets", "code": "two", "outcome": "same", "version": 1},
            {"kind": "small-leaflets", "code": "one", "outcome": "same", "version": 1},
        ],
    }
    other = out.content.replace(b"two", b"copy")
    dry = await maker.post(f"/bundles?format={format}&dry_run=true", content=other)
    assert [one["outcome"] for one in dry.json()["documents"]] == ["new", "same"]
    assert (await maker.get("/large-leaflets/copy")).status_code == 404
    assert (await maker.post(f"/bundles?format={format}", content=other)).status_code == 200
    assert (await maker.get("/large-leaflets/copy")).json()["body"] == {"title": "yes", "pages": 7}


async def test_a_file_may_be_written_by_hand(signed_in: SignIn) -> None:
    maker = await signed_in("maker")
    text = "format: cardquest-bundle/1\ndocuments:\n- {kind: small-leaflets, code: new, body: {title: 2026-01-01}}\n"
    assert (await maker.post("/bundles?format=yaml", content=text.encode())).status_code == 200
    assert (await maker.get("/small-leaflets/new")).json()["body"]["title"] == "2026-01-01"


@pytest.mark.parametrize(
    "text",
    [
        "format: cardquest-bundle/1\ndocuments: !!python/object/apply:os.system ['true']",
        f"format: cardquest-bundle/1\na: &a [1]\nb: *a\n{BODY}",
        "[" * 5_000,
        "{" * 60 + "}" * 60,
        f"format: another/1\n{BODY}",
        f"format: cardquest-bundle/1\nmore: 1\n{BODY}",
        'format: cardquest-bundle/1\ndocuments: [{kind: small-leaflets, code: new, body: {title: "\\0"}}]',
        "format: cardquest-bundle/1\ndocuments: []",
        "\x01",
        "x" * 2_000_001,
        "",
    ],
    ids=range(11),
)
async def test_what_is_no_bundle_is_refused(signed_in: SignIn, text: str) -> None:
    maker = await signed_in("maker")
    answer = await maker.post("/bundles?format=yaml", content=text.encode())
    assert (answer.status_code, answer.json()["code"]) == (400, "request.invalid")
    assert (await maker.get("/small-leaflets/new")).status_code == 404


async def test_json_is_bounded_too(signed_in: SignIn) -> None:
    maker = await signed_in("maker")
    for body in (b"[" * 100_000, b"{", b'{"format": "cardquest-bundle/1", "documents": "' + b"x" * 2_000_000 + b'"}'):
        assert (await maker.post("/bundles", content=body)).status_code == 400
    document = {"kind": "small-leaflets", "code": "new", "body": {"title": "x", "pages": 0}}
    bundle = {"format": "cardquest-bundle/1", "documents": [document]}
    refused = await maker.post("/bundles", content=msgspec.json.encode(bundle))
    assert refused.status_code == 422
    assert [one["path"] for one in refused.json()["errors"]] == ["documents[0].body.pages"]


async def test_who_asks_for_nothing_or_for_what_is_not_there(signed_in: SignIn) -> None:
    maker, branch, checker = await signed_in("maker"), await signed_in("branch-maker"), await signed_in("checker")
    await maker.put(ONE, json={"title": "一"})
    assert (await maker.get("/bundles")).status_code == 400
    assert (await maker.get("/bundles?campaign=a&documents=small-leaflets/one")).status_code == 400
    for path in ("documents=small-leaflets/none", "documents=nothing/one", "campaign=none"):
        assert (await maker.get(f"/bundles?{path}")).status_code == 404, path
    assert (await branch.get("/bundles?documents=small-leaflets/one")).status_code == 404
    out = await maker.get("/bundles?documents=small-leaflets/one")
    assert (await checker.post("/bundles", content=out.content)).status_code == 403
