"""Personal data as operators, logs and pages may see it."""

import re

_DIGITS = re.compile(r"(?<!\d)(\d{11,19})(?!\d)")


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
