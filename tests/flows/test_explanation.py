"""A customer asks why a task has not moved, and is told: what is missing, what counted, what did not and why."""

import secrets
import time
from typing import Any

from tests.platform import Platform


def tell(platform: Platform, customer_no: str, *happened: dict[str, Any]) -> None:
    fuel = {"type": "purchase", "mcc": "5541", "merchant": {"id": "M1", "name": "壳牌"}}
    told = [{**fuel, "customer_no": customer_no, "event_id": secrets.token_hex(8), **one} for one in happened]
    assert platform.control("card-core/transactions", {"events": told})["accepted"] == len(told)


def test_a_customer_asks_why_a_task_has_not_moved(platform: Platform) -> None:
    customer_no, name = f"C{secrets.randbelow(10**9) + 10**9}", secrets.token_hex(8)
    with platform.customer(customer_no) as holder, platform.customer("C0000000014") as stranger:
        tell(platform, customer_no, {"amount_fen": 4_000})
        path = f"/claims/{holder.post('/tasks/fuel-300/claims').json()['claim_id']}/explanation"
        assert holder.get(path).json()["conditions"][0]["missing"] == 30_000
        time.sleep(0.01)
        tell(
            platform,
            customer_no,
            {"amount_fen": 21_350, "event_id": name},
            {"amount_fen": 8_000, "mcc": "5812", "merchant": {"id": "M2", "name": "小馆"}},
            {"amount_fen": 1_350, "type": "refund", "original_event_id": name},
            {"amount_fen": 1_200, "type": "refund", "original_event_id": "of-another-bank"},
        )
        answer = holder.get(path).json()
        assert (answer["task"], answer["done"], answer["text"]) == ("fuel-300", False, "以下条件全部完成后，任务即完成")
        [condition] = answer["conditions"]
        assert (condition["current"], condition["missing"], condition["unit"]) == (18_800, 11_200, "fen")
        assert condition["text"].endswith("消费还差 112.00 元")
        assert condition["until"] == answer["expires_at"]
        [counted] = condition["counted"]
        assert (counted["code"], counted["amount_fen"], counted["merchant"]) == ("partly_refunded", 20_000, "壳牌")
        assert counted["text"].endswith("部分退款，按 200.00 元计入")
        assert [(one["code"], one["merchant"]) for one in condition["not_counted"]] == [
            ("mcc", "小馆"),
            ("before_claim", "壳牌"),
        ]
        assert condition["not_counted"][0]["text"].endswith("的消费未计入：商户类别不符")
        assert [one["text"] for one in condition["deducted"]] == ["退款 12.00 元已从进度中扣除"]

        for asking, elsewhere in ((stranger, path), (holder, "/claims/9999999999/explanation")):
            refused = asking.get(elsewhere)
            assert (refused.status_code, refused.json()["code"]) == (404, "claim.not_found")
