"""A visitor comes from WeChat, binds a card by SMS code, and finds the task for binding done."""

import re
import secrets

import httpx

from tests.platform import Platform, eventually


def visitor(platform: Platform, openid: str) -> httpx.Client:
    code = platform.control("wechat/codes", {"openid": openid, "app": "mini"})["code"]
    answer = httpx.post(
        f"{platform.url}/api/v1/sessions", json={"channel": "wechat_mini", "code": code}, trust_env=False
    )
    assert answer.status_code == 201, answer.text
    return as_bearer(platform, answer.json()["token"])


def as_bearer(platform: Platform, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=f"{platform.url}/api/v1", headers=headers, trust_env=False)


def code_sent_to(platform: Platform, phone: str) -> str:
    sent = httpx.get(f"{platform.sandbox_url}/control/sms/messages", params={"phone": phone}, trust_env=False)
    found = [code[1] for one in sent.json()["items"] if (code := re.search(r"验证码是(\d{6})", one["text"]))]
    assert found
    return found[-1]


def test_binding_by_sms_code(platform: Platform) -> None:
    client = visitor(platform, f"openid-{secrets.token_hex(6)}")
    assert client.get("/me").json()["bound"] is False
    refused = client.post("/tasks/fuel-300/claims")
    assert (refused.status_code, refused.json()["code"]) == (403, "customer.not_bound")

    assert client.post("/binding-codes", json={"phone": "13800000017"}).status_code == 201
    code = code_sent_to(platform, "13800000017")
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert client.post("/bindings", json={"card_last4": "5770", "otp": wrong}).json()["code"] == "binding.wrong_code"
    bound = client.post("/bindings", json={"card_last4": "5770", "otp": code})
    assert bound.status_code == 201, bound.text

    assert client.get("/me").json()["code"] == "session.revoked"
    holder = as_bearer(platform, bound.json()["token"])
    assert holder.get("/me").json()["bound"] is True
    eventually(lambda: holder.get("/tasks/bind-wechat").json()["state"] == "rewarded")


def test_binding_by_wechats_phone(platform: Platform) -> None:
    openid = f"openid-{secrets.token_hex(6)}"
    client = visitor(platform, openid)
    phone = {"openid": openid, "app": "mini", "phone": "13800000016"}
    phone_code = platform.control("wechat/codes", phone)["code"]
    bound = client.post("/bindings", json={"card_last4": "5733", "phone_code": phone_code})
    assert bound.status_code == 201, bound.text
    again = visitor(platform, openid)
    assert again.get("/me").json()["customer_id"] == bound.json()["customer"]["customer_id"]


def test_a_code_of_wechat_works_once(platform: Platform) -> None:
    code = platform.control("wechat/codes", {"openid": "openid-once", "app": "mini"})["code"]
    body = {"channel": "wechat_mini", "code": code}
    answers = [httpx.post(f"{platform.url}/api/v1/sessions", json=body, trust_env=False) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 401]
    assert answers[1].json()["code"] == "wechat.bad_code"


def test_signing_out_ends_the_session(platform: Platform) -> None:
    with platform.customer("C0000000006") as client:
        assert client.delete("/sessions/current").status_code == 204
        assert client.get("/me").status_code == 401


def test_the_pages_cookie_is_refused_from_another_site(platform: Platform) -> None:
    ticket = platform.control("bank-app/tickets", {"customer_no": "C0000000007"})["ticket"]
    with httpx.Client(base_url=f"{platform.url}/api/v1", trust_env=False) as browser:
        signed_in = browser.post("/sessions", json={"channel": "bank_app", "ticket": ticket})
        assert "HttpOnly" in signed_in.headers["set-cookie"]
        assert browser.get("/me").status_code == 200
        foreign = browser.post("/tasks/fuel-300/claims", headers={"Sec-Fetch-Site": "cross-site"})
        assert (foreign.status_code, foreign.json()["code"]) == (403, "session.foreign_site")
