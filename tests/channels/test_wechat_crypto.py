"""Signatures and ciphers against published vectors and wechatpy's own; bodies nobody should have to fear."""

import json
from typing import Any

import pytest
from redis.asyncio import Redis
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.utils import check_signature

from channels.outbound import connect
from channels.wechat import crypto, js_sdk
from channels.wechat.api import App
from channels.wechat.envelope import LARGEST, Unreadable, items, read
from channels.wechat.told import told

KEY, OLD = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"


def test_the_published_push_signature() -> None:
    signature = crypto.signature("AAAAA", "1714037059", "486452656")
    assert signature == "899cf89e464efb63f54ddac96b0a0a235f53aa78"
    assert crypto.is_signed(signature, ("other", "AAAAA"), "1714037059", "486452656")
    assert not crypto.is_signed(signature, ("other",), "1714037059", "486452656")
    check_signature("AAAAA", signature, "1714037059", "486452656")


async def test_the_published_js_sdk_signature(redis: Redis) -> None:
    async with connect("http://127.0.0.1:9", 1) as http:
        ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
        app = App("wx", "s", http, redis)
        signed = js_sdk.signed(app, ticket, "Wm3WZYTPz0wzccnW", 1414587457, "http://mp.weixin.qq.com?params=value#top")
    assert signed == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


def test_wechatpy_reads_what_we_encrypt_and_we_read_what_it_encrypts() -> None:
    theirs = WeChatCrypto("token", KEY, "wx-1")
    text = "<xml><Content>七天免息券 🎉</Content></xml>"
    ours = crypto.encrypt(text, KEY, "wx-1")
    signature = crypto.signature("token", "1", "2", ours)
    assert theirs.decrypt_message({"Encrypt": ours}, signature, "1", "2") == text
    with pytest.raises(InvalidSignatureException):
        theirs.decrypt_message({"Encrypt": ours}, signature[:-1] + "0", "1", "3")
    envelope = read(theirs.encrypt_message(text, "2", "1"))
    assert crypto.is_signed(envelope["MsgSignature"], ("token",), "1", "2", envelope["Encrypt"])
    assert crypto.decrypt(envelope["Encrypt"], (KEY,), ("wx-1",)) == (text, "wx-1")


def test_messages_under_the_previous_key_are_still_read() -> None:
    under_old = crypto.encrypt("old", OLD, "wx-1")
    assert crypto.decrypt(under_old, (KEY, OLD), ("wx-2", "wx-1")) == ("old", "wx-1")
    assert crypto.decrypt(under_old, (KEY,), ("wx-1",)) is None


@pytest.mark.parametrize("ciphertext", ["", "AAAA", "A" * 64, "not base64!", "A" * 43])
def test_what_is_no_message_of_ours_is_none(ciphertext: str) -> None:
    assert crypto.decrypt(ciphertext, (KEY, OLD), ("wx-1",)) is None


def test_a_message_for_another_app_is_none() -> None:
    assert crypto.decrypt(crypto.encrypt("x", KEY, "wx-other"), (KEY,), ("wx-1",)) is None


def test_a_list_is_the_same_from_xml_and_json_single_and_many() -> None:
    one = "<xml><E><List><T><![CDATA[a<b]]></T></List></E></xml>"
    two = "<xml><E><List><T>a</T></List><List><T>b</T></List></E></xml>"
    assert items(read(one), "E") == items(read('{"List": {"T": "a<b"}}'), "E") == [{"T": "a<b"}]
    assert items(read(two), "E") == items(read('{"List": [{"T": "a"}, {"T": "b"}]}'), "E") == [{"T": "a"}, {"T": "b"}]
    assert items(read('{"E": [{"T": "a"}]}'), "E") == [{"T": "a"}]
    assert items(read("<xml><E></E></xml>"), "E") == []


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><xml><T>&b;</T></xml>'
SECRETS = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><T>&a;</T></xml>'


@pytest.mark.parametrize(
    "body",
    [
        "",
        "hello",
        "<xml>",
        "<xml>text only</xml>",
        "[]",
        "{",
        '{"T": "\\u0000"}',
        '{"T": "\\ud800"}',
        LAUGHS,
        SECRETS,
        "<!DOCTYPE xml><xml><T>1</T></xml>",
        "<xml><T>&undefined;</T></xml>",
        "<x>" * 12 + "</x>" * 12,
        '{"a":' * 12 + "1" + "}" * 12,
        "[" * 100_000,
        "{" + " " * LARGEST + "}",
        b"\xff\xfe{}",
    ],
)
def test_what_wechat_would_never_send_is_unreadable(body: str | bytes) -> None:
    with pytest.raises(Unreadable):
        read(body)


def message(**changes: Any) -> dict[str, Any]:
    content = {"FromUserName": "o-1", "CreateTime": 1714037059, "MsgType": "event", "Event": "subscribe"}
    return {name: value for name, value in (content | changes).items() if value is not None}


def test_a_repeat_is_known_from_json_as_from_xml_by_its_number_or_by_what_it_says() -> None:
    first = told("account", message())
    assert first == told("account", json.loads(json.dumps(message())))
    assert (first.kind, first.openid, first.told_at.timestamp()) == ("subscribe", "o-1", 1714037059)
    others = [
        message(Event="unsubscribe"),
        message(FromUserName="o-2"),
        message(CreateTime=1714037060),
        message(Event="TEMPLATESENDJOBFINISH", MsgID=1),
        message(Event="TEMPLATESENDJOBFINISH", MsgID=2),
        message(MsgType="text", Event=None, MsgId=17),
    ]
    assert len({told("account", one).dedupe_key for one in [message(), *others]}) == 7
    numbered = message(MsgType="text", Event=None, MsgId="17", CreateTime=1714037099)
    assert told("account", numbered).dedupe_key == told("account", others[-1]).dedupe_key


@pytest.mark.parametrize(
    "changes",
    [
        {"FromUserName": None},
        {"FromUserName": "o" * 65},
        {"CreateTime": "soon"},
        {"CreateTime": -1},
        {"CreateTime": 2**40},
        {"CreateTime": True},
        {"MsgType": None},
        {"Event": None},
        {"Event": {"a": "b"}},
    ],
)
def test_a_callback_without_what_every_one_has_is_unreadable(changes: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        told("account", message(**changes))
