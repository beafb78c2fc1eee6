"""WeChat tells the running platform what its users do, encrypted with the keys both were started with."""

import secrets

import httpx

from tests.platform import Platform


def test_a_follow_told_twice_late_and_by_strangers(platform: Platform) -> None:
    openid = f"o-{secrets.token_hex(6)}"
    assert platform.control("wechat/follows", {"openid": openid, "delivery": "twice"}) == {
        "status": 200,
        "body": "success",
    }
    platform.control("wechat/subscriptions", {"openid": openid, "template_ids": ["t-1"], "delivery": "held"})
    assert platform.control("wechat/callbacks/release") == {"items": [{"status": 200, "body": "success"}]}
    address = f"{platform.url}/channels/v1/wechat/callback"
    query = {"timestamp": "1", "nonce": "1", "msg_signature": "0" * 40}
    stranger = httpx.post(address, params=query, content=b"<xml><Encrypt>AAAA</Encrypt></xml>", trust_env=False)
    assert (stranger.status_code, stranger.json()["code"]) == (401, "wechat.bad_signature")
    described = httpx.get(f"{platform.url}/openapi.json", trust_env=False).json()["paths"]
    assert {"get", "post"} <= described["/channels/v1/wechat/callback"].keys()
