"""A task is done, its customer gets a short message, and an operator reads what became of it."""

import secrets
from typing import Any

import httpx

from channels.card_core.signature import sign
from channels.sandbox import ensure_keys
from kit import clock
from tests.platform import Platform, eventually

CUSTOMER, PHONE = "C0000000019", "13800000019"


def test_a_message_is_sent_reported_and_explained(platform: Platform) -> None:
    code = f"told-{secrets.token_hex(4)}"
    sms = {"channel": "sms", "text": f"{code} {{{{task}}}}完成"}
    push = {"channel": "push"}
    variables = [{"name": "task"}]
    template = {"name": code, "title": "{{task}}", "body": "完成", "variables": variables, "channels": [sms, push]}
    # Urgent, so that it is sent at whatever time this test runs.
    platform.put_live("message-templates", code, {**template, "priority": "urgent"})
    content = {"category": "cumulative", "item": "purchase.count", "at_least": 1, "window": "lifetime"}
    content |= {"where": {"merchant_id": {"in": [code]}}}
    task = {"name": "买一笔", "kind": "growth", "content": content, "messages": {"completed": code}}
    platform.put_live("tasks", code, {**task, "claim": {"mode": "automatic"}})
    platform.customer(CUSTOMER).close()
    told = {"type": "purchase", "customer_no": CUSTOMER, "amount_fen": 100, "event_id": secrets.token_hex(8)}
    told |= {"merchant": {"id": code, "name": "便利店"}}
    assert platform.control("card-core/transactions", {"events": [told]})["accepted"] == 1

    with platform.operator("hq-maker") as operator, platform.operator("branch-maker") as elsewhere:

        def channels() -> list[dict[str, Any]]:
            items = operator.get(f"/customers/{CUSTOMER}/contacts").json()["items"]
            return next((one["channels"] for one in items if one["template"] == code), [])

        eventually(lambda: [one["state"] for one in channels()] == ["sent", "waiting"], 60)
        sent = httpx.get(f"{platform.sandbox_url}/control/sms/messages", params={"phone": PHONE}, trust_env=False)
        [message] = [one for one in sent.json()["items"] if code in one["text"]]
        assert message["text"] == f"【信用卡中心】{code} 买一笔完成"
        taken = platform.control("sms/receipts", {"message_ids": [message["message_id"]]})
        assert taken == {"accepted": 1, "duplicates": 0}
        [by_sms, by_push] = channels()
        assert (by_sms["text"], by_sms["address"]) == ("已送达", "138****0019")
        assert [one["state"] for one in by_sms["steps"]] == ["sending", "sent", "delivered"]
        assert (by_push["state"], by_push["text"]) == ("skipped", "未发送：已由前面的渠道送达，无需再发")

        refused = elsewhere.get(f"/customers/{CUSTOMER}/contacts")
        assert (refused.status_code, refused.json()["code"]) == (404, "customer.not_found")
        counted = operator.get("/message-deliveries", params={"template": code}).json()["items"]
        assert {(one["channel"], one["state"], one["count"]) for one in counted} == {
            ("sms", "delivered", 1),
            ("push", "skipped", 1),
        }
        assert elsewhere.get("/message-deliveries", params={"template": code}).json() == {"items": []}
    metrics = httpx.get(f"{platform.url}/metrics", trust_env=False).text
    assert 'cardquest_send_calls{channel="sms",outcome="sent"}' in metrics


def test_only_the_gateway_tells_what_became_of_its_messages(platform: Platform) -> None:
    keys = ensure_keys(platform.place.data_dir / "keys")
    body = b'{"receipts": [{"message_id": "S1", "status": "delivered", "at": "2026-11-30T12:00:00+08:00"}]}'
    for path, partner, key, code in (
        ("sms/receipts", "card-core", keys.card_core, "signature.unknown_partner"),
        ("sms/receipts", "push", keys.push, "signature.unknown_partner"),
        ("push/receipts", "push", keys.sms, "signature.wrong"),
        ("card-core/events", "sms", keys.sms, "signature.unknown_partner"),
    ):
        # The platform's clock may be another one than this process's.
        now = platform_time(platform)
        headers = sign(key, partner, now, secrets.token_hex(8), body)
        answer = httpx.post(
            f"{platform.url}/channels/v1/{path}", content=body, headers=headers, trust_env=False, timeout=20
        )
        assert (answer.status_code, answer.json()["code"]) == (401, code)
    unread = sign(keys.sms, "sms", platform_time(platform), secrets.token_hex(8), b'{"receipts": []}')
    answer = httpx.post(
        f"{platform.url}/channels/v1/sms/receipts", content=b'{"receipts": []}', headers=unread, trust_env=False
    )
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "receipts")


def platform_time(platform: Platform) -> str:
    """Its business time in Unix seconds."""
    reading = httpx.get(f"{platform.sandbox_url}/control/clock", trust_env=False).json()
    return str(int(clock.now().timestamp() + reading["offset_seconds"]))
