"""Personal data as it may be seen."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.masking import looks_like_pan, mask_name, mask_phone, mask_text, mask_values


@pytest.mark.parametrize(("name", "masked"), [("张小明", "张**"), ("何", "何"), ("", ""), ("Anna", "A***")])
def test_a_name_keeps_its_first_character(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(("phone", "masked"), [("13800001234", "138****1234"), ("1234", "****"), ("", "****")])
def test_a_phone_keeps_three_and_four_digits(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("call 13800001234 now", "call *******1234 now"),
        ("卡6222021234567890128已激活", "卡***************0128已激活"),
        ("13800001234,13900004321", "*******1234,*******4321"),
        ("order 1234567890", "order 1234567890"),
        ("20 digits 12345678901234567890", "20 digits 12345678901234567890"),
    ],
)
def test_long_numbers_in_a_text_keep_their_last_four(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "number",
    ["4111111111111111", "6222021234567890128", "4111 1111 1111 1111", "4111-1111-1111-1111", "378282246310005"],
)
def test_a_card_number_is_recognised(number: str) -> None:
    assert looks_like_pan(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ct_4111111111111111",
        "411111111111",
        "4111111111111112",
        "４１１１１１１１１１１１１１１１",
        "41111111111111111111",
    ],
)
def test_what_is_no_card_number(text: str) -> None:
    assert not looks_like_pan(text)


@given(st.integers(10**12, 10**18 - 1))
def test_exactly_one_check_digit_makes_a_card_number(stem: int) -> None:
    assert sum(looks_like_pan(f"{stem}{digit}") for digit in range(10)) == 1


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ({"name": "card.activated", "value": True}, {"name": "card.activated", "value": True}),
        ({"name": "张小明"}, {"name": "张**"}),
        ({"card_holder": "张小明", "realName": "Zhang"}, {"card_holder": "张**", "realName": "Z****"}),
        ({"phone": "13800001234"}, {"phone": "*******1234"}),
        ({"mobile": 13800001234}, {"mobile": "*******1234"}),
        ({"id_no": "31010119900101123X"}, {"id_no": "**************123X"}),
        ({"cardToken": "ct_9f8877665"}, {"cardToken": "********7665"}),
        ({"card_last4": "5770", "card_product": "young"}, {"card_last4": "5770", "card_product": "young"}),
        ({"note": "请回拨13800001234"}, {"note": "请回拨*******1234"}),
        ({"deep": [{"contact": {"tel": "021-12345678"}}]}, {"deep": [{"contact": {"tel": "********5678"}}]}),
        ({"hotel": "12345", "amount_fen": 30000, "rate": 0.5, "none": None}, None),
        ("plain", "plain"),
    ],
)
def test_what_is_personal_in_foreign_json_is_masked(value: Any, masked: Any) -> None:
    assert mask_values(value) == (value if masked is None else masked)
