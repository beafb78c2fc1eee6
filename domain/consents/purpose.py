"""What a customer can agree to, and one decision about it."""

from enum import StrEnum

import msgspec


class Purpose(StrEnum):
    """Each is asked for by itself; nothing follows from another."""

    PRIVACY = "privacy"
    MARKETING_SMS = "marketing.sms"
    MARKETING_WECHAT = "marketing.wechat"
    MARKETING_PUSH = "marketing.push"
    PERSONALISATION = "personalisation"


WITHOUT_ENTRY = frozenset({Purpose.PERSONALISATION})
"""What holds for who never decided: people may switch it off, everything else they have to switch on."""


class Decision(msgspec.Struct, frozen=True):
    """A customer gives or withdraws a consent; `via` is where they said so (`h5`, `wechat_mini`, `sms`)."""

    customer_id: int
    purpose: Purpose
    granted: bool
    via: str
