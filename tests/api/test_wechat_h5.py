"""Signing in inside WeChat's browser: out to WeChat with a state, back with a code; identities and unbinding."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.api.room import OURSELVES, SignIn
from tests.domain.customers.partners import HOLDER, Bank


async def leave(browser: httpx.AsyncClient, **query: str) -> str:
    """The state WeChat gets."""
    answer = await browser.get("/wechat-h5/authorization", params=query)
    assert answer.status_code == 302, answer.text
    there = parse_qs(urlsplit(answer.headers["location"]).query)
    assert there["back"] == [f"{OURSELVES}/h5/sign-in"]
    assert there["scope"] == [f"snsapi_{query.get('scope', 'base')}"]
    cookie = answer.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Lax", "Max-Age=600", "Path=/api/"))
    return there["state"][0]


async def come_back(browser: httpx.AsyncClient, state: str | None, code: str = "openid1") -> httpx.Response:
    body = {"channel": "wechat_h5", "code": code} | ({"state": state} if state else {})
    return await browser.post("/sessions", json=body)


async def signed_in(room: SignIn, code: str = "openid1", card: bool = True) -> httpx.AsyncClient:
    """A browser whose WeChat is bound to the holder's card, or a visitor's."""
    browser = await room(None)
    assert (await come_back(browser, await leave(browser), code)).status_code == 201
    if card:
        body = {"card_last4": HOLDER.card_last4, "phone_code": f"phone-of-{code}"}
        assert (await browser.post("/bindings", json=body)).status_code == 201
    return browser


async def test_a_browser_goes_out_and_comes_back_to_the_page_it_asked_for(room: SignIn, bank: Bank) -> None:
    browser = await room(None)
    state = await leave(browser, page="/coupons?state=unused", scope="userinfo")
    answer = await come_back(browser, state)
    assert (answer.status_code, answer.json()["page"]) == (201, "/coupons?state=unused")
    assert (await browser.get("/me")).json()["bound"] is False
    again = await come_back(browser, state)
    assert (again.status_code, again.json()["code"]) == (409, "wechat.state_used")


@pytest.mark.parametrize(
    "page", ["//evil.test", "https://evil.test", "coupons", "/a\\b", "/javascript:alert(1)", "/ x", "/" + "a" * 200, ""]
)
async def test_only_own_pages_may_be_asked_for(room: SignIn, bank: Bank, page: str) -> None:
    answer = await (await room(None)).get("/wechat-h5/authorization", params={"page": page})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "page")


async def test_a_foreign_or_missing_state_signs_nobody_in(room: SignIn, bank: Bank) -> None:
    mine, theirs = await room(None), await room(None)
    state = await leave(mine)
    refused = await come_back(theirs, state)
    assert (refused.status_code, refused.json()["code"]) == (403, "wechat.state_foreign")
    unknown = await come_back(mine, "made-up")
    assert (unknown.status_code, unknown.json()["code"]) == (401, "wechat.state_unknown")
    missing = await come_back(mine, None)
    assert (missing.status_code, missing.json()["errors"][0]["path"]) == (400, "state")
    assert (await come_back(mine, state)).status_code == 201


async def test_a_virtual_account_is_refused_in_words(room: SignIn, bank: Bank) -> None:
    bank.refusing["web_user"] = "wechat.virtual_account"
    browser = await room(None)
    answer = await come_back(browser, await leave(browser))
    assert (answer.status_code, answer.json()["code"]) == (403, "wechat.virtual_account")
    assert (await browser.get("/me")).status_code == 401


async def test_unbinding_ends_that_wechats_sessions_and_no_others(room: SignIn, bank: Bank) -> None:
    first, second = await signed_in(room, "openid1"), await signed_in(room, "openid2")
    items = (await first.get("/identities")).json()["items"]
    assert [(item["channel"], item["name"], item["current"]) for item in items] == [
        ("wechat_h5", "op…", True),
        ("wechat_h5", "op…", False),
    ]
    ended = await first.delete(f"/identities/{items[0]['identity_id']}")
    assert (ended.status_code, "Max-Age=0" in ended.headers["set-cookie"]) == (204, True)
    assert (await first.get("/me")).status_code == 401
    assert (await second.get("/me")).json()["bound"] is True
    assert [item["current"] for item in (await second.get("/identities")).json()["items"]] == [True]
    await signed_in(room, "openid1")
    assert len((await second.get("/identities")).json()["items"]) == 2


async def test_another_customers_identity_is_not_there(room: SignIn, bank: Bank) -> None:
    mine, stranger = await signed_in(room, "openid1"), await signed_in(room, "openid2", card=False)
    [identity] = (await mine.get("/identities")).json()["items"]
    assert (await stranger.get("/identities")).json()["items"] == []
    for wanted in (identity["identity_id"], "x", "9" * 30):
        answer = await stranger.delete(f"/identities/{wanted}")
        assert (answer.status_code, answer.json()["code"]) == (404, "identity.not_found")
    assert (await mine.get("/me")).json()["bound"] is True


async def test_only_our_own_pages_are_signed_for_wechats_javascript(room: SignIn, bank: Bank) -> None:
    browser = await signed_in(room, card=False)
    page = f"{OURSELVES}/h5/tasks?from=chat"
    answer = await browser.get("/js-sdk-config", params={"url": f"{page}#here"})
    assert answer.json() == {
        "app_id": "wx1",
        "timestamp": 1_790_000_000,
        "nonce": "nonce",
        "signature": f"signed {page}",
    }
    for foreign in (
        "https://evil.test/h5/tasks",
        f"{OURSELVES}.evil.test/h5/",
        f"{OURSELVES}/admin/",
        "http://cards.test/h5/",
        "https://x@cards.test/h5/",
        "http://[",
    ):
        assert (await browser.get("/js-sdk-config", params={"url": foreign})).status_code == 400
    bank.silent.add("js_sdk")
    assert (await browser.get("/js-sdk-config", params={"url": page})).status_code == 503
    assert (await (await room(None)).get("/js-sdk-config", params={"url": page})).status_code == 401
