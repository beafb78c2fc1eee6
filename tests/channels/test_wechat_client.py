"""Who signs in through WeChat: the mini-program, pages inside WeChat, phone numbers; whatever else is no answer."""

from urllib.parse import parse_qs, urlsplit

import pytest

from channels.wechat.client import WeChatClient
from domain.ports import NoAnswer, Refused, WeChatUser
from tests.channels.boxed_bank import Sandbox


async def test_a_login_code_names_its_user_once(wechat: WeChatClient, sandbox: Sandbox) -> None:
    code = await sandbox.code(openid="o-1", app="mini", unionid="u-1")
    assert await wechat.mini_user(code) == WeChatUser("o-1", "u-1")
    with pytest.raises(Refused, match=r"wechat\.bad_code"):
        await wechat.mini_user(code)
    paths = [call["path"] for call in await sandbox.calls("wechat")]
    assert paths == ["/wechat/sns/jscode2session"] * 2  # the secret is enough, no token is asked for


@pytest.mark.parametrize("app", ["h5", None])
async def test_a_code_that_is_not_ours_is_bad(wechat: WeChatClient, sandbox: Sandbox, app: str | None) -> None:
    code = await sandbox.code(openid="o-1", app=app) if app else "made-up"
    with pytest.raises(Refused, match=r"wechat\.bad_code"):
        await wechat.mini_user(code)


@pytest.mark.parametrize(
    ("errcode", "code"),
    [(40029, "bad_code"), (40163, "bad_code"), (40226, "risky_user"), (45011, "too_often")],
)
async def test_wechats_refusals_are_ours(wechat: WeChatClient, sandbox: Sandbox, errcode: int, code: str) -> None:
    await sandbox.fault("wechat", f"errcode_{errcode}")
    with pytest.raises(Refused) as refused:
        await wechat.mini_user("any")
    assert refused.value.code == f"wechat.{code}"


@pytest.mark.parametrize(
    "fault", ["errcode_-1", "errcode_40125", "errcode_45009", "html", "garbage", "http_502", "http_404", "timeout"]
)
async def test_whatever_says_nothing_about_the_user_is_no_answer(
    wechat: WeChatClient, sandbox: Sandbox, fault: str
) -> None:
    await sandbox.fault("wechat", fault)
    with pytest.raises(NoAnswer):
        await wechat.mini_user(await sandbox.code(openid="o-1"))


async def test_success_without_an_openid_is_no_answer(wechat: WeChatClient, sandbox: Sandbox) -> None:
    await sandbox.fault("wechat", "errcode_0")
    with pytest.raises(NoAnswer):
        await wechat.mini_user("any")


async def test_a_phone_code_is_its_users_and_good_once(wechat: WeChatClient, sandbox: Sandbox) -> None:
    code = await sandbox.code(openid="o-1", phone="13800000001")
    assert await wechat.phone(code, "o-1") == "13800000001"
    stolen = await sandbox.code(openid="o-1", phone="13800000001")
    login_only = await sandbox.code(openid="o-1")
    for bad, openid in ((code, "o-1"), (stolen, "o-2"), (login_only, "o-1")):
        with pytest.raises(Refused, match=r"wechat\.bad_code"):
            await wechat.phone(bad, openid)


async def test_a_page_in_wechat_learns_who_came(wechat: WeChatClient, sandbox: Sandbox) -> None:
    code = await sandbox.code(openid="o-h5", app="h5", unionid="u-1")
    assert await wechat.web_user(code) == WeChatUser("o-h5", "u-1")
    with pytest.raises(Refused, match=r"wechat\.bad_code"):
        await wechat.web_user(code)


async def test_the_profile_comes_with_consent_only(wechat: WeChatClient, sandbox: Sandbox) -> None:
    person = {"openid": "o-h5", "app": "h5", "nickname": "小满"}
    silent = await wechat.web_user(await sandbox.code(**person))
    asked = await wechat.web_user(await sandbox.code(**person, scope="snsapi_userinfo"))
    assert (silent.nickname, asked.nickname) == (None, "小满")


async def test_a_profile_nobody_can_read_keeps_nobody_out(wechat: WeChatClient, sandbox: Sandbox) -> None:
    await sandbox.fault("wechat", "http_500", path="userinfo")
    code = await sandbox.code(openid="o-h5", app="h5", scope="snsapi_userinfo", unionid="u-1")
    assert await wechat.web_user(code) == WeChatUser("o-h5", "u-1")


async def test_an_account_made_up_for_a_snapshot_is_refused(wechat: WeChatClient, sandbox: Sandbox) -> None:
    made = await sandbox.http.post("/control/wechat/codes", json={"openid": "o-v", "app": "h5", "snapshot": True})
    with pytest.raises(Refused, match=r"wechat\.virtual_account"):
        await wechat.web_user(made.json()["code"])


@pytest.mark.parametrize(("errcode", "code"), [(40029, "bad_code"), (40226, "risky_user"), (45011, "too_often")])
async def test_a_page_is_refused_as_a_mini_program_is(
    wechat: WeChatClient, sandbox: Sandbox, errcode: int, code: str
) -> None:
    await sandbox.fault("wechat", f"errcode_{errcode}")
    with pytest.raises(Refused) as refused:
        await wechat.web_user("any")
    assert refused.value.code == f"wechat.{code}"


@pytest.mark.parametrize("fault", ["timeout", "timeout_after_work", "html", "http_502", "errcode_40013", "errcode_0"])
async def test_a_page_gets_no_answer_where_there_is_none(wechat: WeChatClient, sandbox: Sandbox, fault: str) -> None:
    await sandbox.fault("wechat", fault)
    with pytest.raises(NoAnswer):
        await wechat.web_user(await sandbox.code(openid="o-h5", app="h5"))


async def test_a_phone_sent_to_the_address_comes_back_with_a_code(wechat: WeChatClient, sandbox: Sandbox) -> None:
    await sandbox.http.post("/control/wechat/visitor", json={"openid": "o-visitor", "nickname": "小满"})
    asked = wechat.authorize_url("http://127.0.0.1:9/h5/?next=%2Ftasks", "st4te", "snsapi_base")
    assert asked.endswith("#wechat_redirect")
    back = await sandbox.http.get(asked)
    address = urlsplit(back.headers["Location"])
    query = parse_qs(address.query)
    assert (address.netloc, address.path, query["next"], query["state"]) == (
        "127.0.0.1:9",
        "/h5/",
        ["/tasks"],
        ["st4te"],
    )
    assert await wechat.web_user(query["code"][0]) == WeChatUser("o-visitor")


async def test_a_profile_is_asked_for_on_a_page_of_its_own(wechat: WeChatClient, sandbox: Sandbox) -> None:
    await sandbox.http.post("/control/wechat/visitor", json={"openid": "o-visitor", "nickname": "小满"})
    asked = wechat.authorize_url("http://127.0.0.1:9/h5/", "s", "snsapi_userinfo")
    question = await sandbox.http.get(asked)
    assert question.status_code == 200
    assert "小满" in question.text
    back = await sandbox.http.get(f"{asked.partition('#')[0]}&agreed=1")
    [code] = parse_qs(urlsplit(back.headers["Location"]).query)["code"]
    assert (await wechat.web_user(code)).nickname == "小满"


@pytest.mark.parametrize("redirect", ["https://evil.example/", "javascript:alert(1)", ""])
async def test_nobody_is_sent_to_another_host(wechat: WeChatClient, sandbox: Sandbox, redirect: str) -> None:
    refused = await sandbox.http.get(wechat.authorize_url(redirect, "s", "snsapi_base"))
    assert refused.status_code == 200
    assert "10003" in refused.text
