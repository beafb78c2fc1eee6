"""What fits into the fields of WeChat's templates, and what is made of a name that is too long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.wechat.fields import KINDS, fits, fitted, kind_of, length
from domain.ports import WeChatNotSent

GOOD = {
    "thing1": ["满300元返现", "a", "7天免息券（限新客）", "字" * 20, "1🎉", "a" * 20],
    "number2": ["0", "12", "3.50", "9" * 32],
    "letter1": ["A", "z" * 32],
    "symbol1": ["¥", "+-*/%", "_"],
    "character_string3": ["NO.2026-0001", "x" * 32, "a b"],
    "time4": ["15:01", "2026年10月1日 15:01", "09:00~18:30", "2026-01-01 09:00:59", "2026年10月1日 15:01~16:00"],
    "date5": [
        "2026年10月1日",
        "2026年10月",
        "10月1日",
        "2026-01-01",
        "2026/1/1",
        "2026.01.01 15:01",
        "2026-01-01~2026-02-01",
    ],
    "amount6": ["100", "¥100.50", "100.5元", "$9999999999", "100元"],
    "phone_number7": ["13800001234", "+86-0766-66888866"],
    "car_number8": ["粤A8Z888挂", "沪A12345"],
    "name9": ["张小明", "字" * 10, "Ada Lovelace", "阿卜杜拉·买买提"],
    "phrase10": ["已完成", "配送中", "字" * 5],
    "const1": ["进行中"],
    "keyword1": ["旧模板的内容，什么都可以"],
    "first": ["您好"],
}
BAD = {
    "thing1": ["", "   ", "\n"],
    "number2": ["", "1,000", "十", "9" * 33, "-1", "1."],
    "letter1": ["a1", "a" * 33, "字"],
    "symbol1": ["a", "+-*/%!", "1"],
    "character_string3": ["编号1", "x" * 33, ""],
    "time4": ["25:00", "下午三点", "15:61", "15"],
    "date5": ["明天", "20260101", "2026-01-01T00:00"],
    "amount6": ["一百", "¥12345678901", "1,000", "100美元", "-5"],
    "phone_number7": ["138000012345678901", "call me"],
    "car_number8": ["粤", "粤A8Z88888挂"],
    "name9": ["字" * 11, "a" * 21, "张3"],
    "phrase10": ["字" * 6, "OK", "已 完成", "已完成!"],
    "const1": ["字" * 21],
    "keyword1": ["字" * 201],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in GOOD.items() for value in values])
def test_what_wechat_takes_is_sent_as_it_is(name: str, value: str) -> None:
    assert fitted({name: value}) == {name: value}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_what_wechat_would_refuse_is_refused_with_the_name_of_the_field(name: str, value: str) -> None:
    with pytest.raises(WeChatNotSent) as refused:
        fitted({"thing99": "好", name: value})
    assert refused.value.code == "wechat.bad_fields"
    assert refused.value.message == f"{name}应为{kind_of(name).words}"


def test_every_wrong_field_is_named_at_once() -> None:
    with pytest.raises(WeChatNotSent, match=r"number1.*amount2"):
        fitted({"number1": "x", "amount2": "y", "thing3": "好"})


def test_every_kind_is_tried() -> None:
    assert {kind for kind in KINDS if not any(kind_of(name) is KINDS[kind] for name in GOOD)} == set()


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("字" * 21, "字" * 19 + "…"),
        ("🎉" * 11, "🎉" * 9 + "…"),
        ("a" * 18 + " tail that goes on", "a" * 18 + "…"),
        ("两行\n文字\t和 空格", "两行 文字 和 空格"),
    ],
)
def test_a_thing_too_long_is_shortened(long: str, short: str) -> None:
    assert fitted({"thing1": long}) == {"thing1": short}


@given(st.text(min_size=1, max_size=60, alphabet=st.characters(exclude_categories=("Cs",))))
def test_whatever_a_thing_is_it_fits_or_is_nothing(value: str) -> None:
    try:
        made = fitted({"thing1": value})["thing1"]
    except WeChatNotSent:
        assert not value.strip("".join(chr(n) for n in range(32)) + "\x7f").strip()
        return
    assert length(made) <= 20
    assert fits("thing1", made)
    assert fitted({"thing1": made}) == {"thing1": made}
