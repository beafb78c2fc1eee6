"""What WeChat allows in the fields of its templates, checked before sending: it names no field when it refuses (47003).

A field's name begins with its kind (`thing1`, `amount2`). `thing`, which takes the names of tasks and coupons, is
shortened with … rather than refused: a notice that says a little less is better than none. Anything else would say
something wrong when cut and is refused.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from domain.ports import WeChatNotSent

_KIND = re.compile(r"([a-z_]+?)_?\d+|[a-z_]+")
_SPACES = re.compile(r"[\s\x00-\x1f\x7f]+")
_CLOCK = r"([01]?\d|2[0-3])[:：][0-5]\d([:：][0-5]\d)?"
_DAY = r"(\d{4}年(\d{1,2}月(\d{1,2}日)?)?|\d{1,2}月\d{1,2}日|\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?|\d{1,2}-\d{1,2})"
_HAN = "㐀-䶿一-鿿"
_ELLIPSIS = "…"


class Kind(NamedTuple):
    """What one kind of field takes: its form, its length in UTF-16 units as WeChat counts, and in words."""

    form: re.Pattern[str]
    longest: int
    words: str


KINDS: dict[str, Kind] = {
    "thing": Kind(re.compile(r".+"), 20, "1到20个字符"),
    "number": Kind(re.compile(r"\d+(\.\d+)?"), 32, "32位以内的数字，可带小数"),
    "letter": Kind(re.compile(r"[A-Za-z]+"), 32, "32位以内的字母"),
    "symbol": Kind(re.compile(r"([^\w\s]|_)+"), 5, "5位以内的符号"),
    "character_string": Kind(re.compile(rf"[^{_HAN}]+"), 32, "32位以内的数字、字母或符号"),
    "time": Kind(re.compile(rf"({_DAY} ?)?{_CLOCK}(~({_DAY} ?)?{_CLOCK})?"), 64, "24小时制的时间，可带年月日"),
    "date": Kind(re.compile(rf"{_DAY}( ?{_CLOCK})?(~{_DAY}( ?{_CLOCK})?)?"), 64, "年月日，可带24小时制的时间"),
    "amount": Kind(re.compile(r"[¥￥$€£]?\d{1,10}(\.\d+)?元?"), 20, "10位以内的金额，可带一个币种符号、小数和“元”"),
    "phone_number": Kind(re.compile(r"[0-9+() -]+"), 17, "17位以内的电话号码"),
    "car_number": Kind(re.compile(rf"[{_HAN}A-Z0-9][A-Z0-9]*[{_HAN}A-Z0-9]"), 8, "8位以内的车牌号码"),
    "name": Kind(re.compile(rf"[{_HAN}·A-Za-z]{{1,10}}|[^{_HAN}\d]{{1,20}}"), 20, "10个以内的汉字或20个以内的字母"),
    "phrase": Kind(re.compile(rf"[{_HAN}]+"), 5, "5个以内的汉字"),
    "const": Kind(re.compile(r".+"), 20, "20个以内的字符"),
}
OTHER = Kind(re.compile(r".+"), 200, "1到200个字符")
"""Of kinds WeChat adds, and of its older templates (`first`, `keyword1`): it judges them itself."""


def fitted(fields: Mapping[str, str]) -> dict[str, str]:
    """`fields` as they can be sent. Raises `WeChatNotSent` (`wechat.bad_fields`) naming every field that cannot."""
    made = {name: _fit(name, value) for name, value in fields.items()}
    wrong = [f"{name}应为{kind_of(name).words}" for name, value in made.items() if not fits(name, value)]
    if wrong:
        raise WeChatNotSent("wechat.bad_fields", "；".join(wrong))
    return made


def fits(name: str, value: str) -> bool:
    """Whether WeChat takes `value` in the field `name`."""
    kind = kind_of(name)
    return length(value) <= kind.longest and kind.form.fullmatch(value) is not None


def kind_of(name: str) -> Kind:
    """The kind a field's name begins with."""
    found = _KIND.fullmatch(name)
    return KINDS.get((found[1] or name) if found else name, OTHER)


def length(text: str) -> int:
    """In UTF-16 units: an emoji is two."""
    return len(text.encode("utf-16-le")) // 2


def _fit(name: str, value: str) -> str:
    text = _SPACES.sub(" ", value).strip()
    kind = kind_of(name)
    if kind is not KINDS["thing"] or length(text) <= kind.longest:
        return text
    while length(text) >= kind.longest:
        text = text[:-1]
    return text.rstrip() + _ELLIPSIS
