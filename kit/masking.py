"""Personal data as operators, logs and pages may see it."""

import re
from typing import Any

_DIGITS = re.compile(r"(?<!\d)(\d{11,19})(?!\d)")


_NUMBERED = re.compile(
    r"phone|mobile|\btel|card|\bpan\b|account|iban|id_?no|id_?num|identity|passport|手机|电话|证件|身份|卡号", re.I
)
_PERSON = re.compile(
    r"(holder|customer|real|full|user|contact|payer|payee|person|given|family|sur)_?-?name|holder|姓名", re.I
)
_CHINESE_NAME = re.compile(r"[\u4e00-\u9fff·]{2,8}")


def mask_name(name: str) -> str:
    """`张小明` → `张**`; one character stays as it is, as nothing would be left of it."""
    return name[:1] + "*" * (len(name) - 1)


def mask_phone(phone: str) -> str:
    """`13800001234` → `138****1234`."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "****"


def mask_name_of_channel(subject: str) -> str:
    """An openid or the like: its first four and last four characters, enough for its owner to tell two apart."""
    return f"{subject[:4]}…{subject[-4:]}" if len(subject) > 10 else f"{subject[:2]}…"


def mask_text(text: str) -> str:
    """Any run of 11 to 19 digits (a phone, a card) keeps only its last four."""
    return _DIGITS.sub(lambda found: "*" * (len(found[1]) - 4) + found[1][-4:], text)


def looks_like_pan(text: str) -> bool:
    """Whether `text` could be a full card number: 13 to 19 digits that pass the Luhn check (ISO/IEC 7812-1)."""
    digits = text.replace(" ", "").replace("-", "")
    if not (digits.isascii() and digits.isdigit() and 13 <= len(digits) <= 19):
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def mask_values(value: Any, key: str = "") -> Any:
    """JSON somebody else wrote, with what looks like a person's: numbers of phones, cards and papers keep their last
    four digits, names their first character. Told by the key, and by what the value looks like.
    """
    if isinstance(value, dict):
        return {name: mask_values(one, str(name)) for name, one in value.items()}
    if isinstance(value, list):
        return [mask_values(one, key) for one in value]
    if isinstance(value, bool) or value is None:
        return value
    text = str(value)
    if _NUMBERED.search(key) and sum(map(str.isdigit, text)) > 4:
        return "*" * (len(text) - 4) + text[-4:]
    if _PERSON.search(key) or (key == "name" and _CHINESE_NAME.fullmatch(text)):
        return mask_name(text)
    masked = mask_text(text)
    return value if masked == text else masked
