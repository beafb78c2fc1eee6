"""An event as the whole house sees it: flat, checked, from whatever channel it came."""

import hashlib
from datetime import datetime
from typing import Any

import msgspec

MONEY_IN = ("purchase", "cash_advance", "instalment", "repayment")
TAKES_BACK = ("refund", "reversal", "chargeback")
BEHAVIOUR = ("app_login", "sign_in", "invite_accepted", "survey_done")
STATUS = "status"
CUSTOM = "custom."


class Event(msgspec.Struct, gc=False):
    """One event. `source` names the partner whose `event_id` this is; money is fen, time is aware.

    `attributes` holds anything else a scope may ask for; a status event has `name` and `value` there.
    """

    source: str
    event_id: str
    type: str
    customer_no: str
    occurred_at: datetime
    amount_fen: int = 0
    mcc: str | None = None
    merchant_id: str | None = None
    merchant_name: str | None = None
    channel: str | None = None
    card_token: str | None = None
    card_last4: str | None = None
    card_product: str | None = None
    auth_code: str | None = None
    original_event_id: str | None = None
    attributes: dict[str, Any] | None = None

    def merchant(self) -> str | None:
        """What tells merchants apart: the id, the name where there is no id."""
        return self.merchant_id or self.merchant_name


_encode = msgspec.json.Encoder(order="deterministic").encode


def digest(event: Event) -> bytes:
    """16 bytes over the whole content, equal for equal instants in whatever offset they were told."""
    content: list[Any] = list(msgspec.structs.astuple(event))
    content[_MOMENT] = event.occurred_at.timestamp()
    content[_ATTRIBUTES] = event.attributes or None
    return hashlib.blake2b(_encode(content), digest_size=16).digest()


_MOMENT, _ATTRIBUTES = (Event.__struct_fields__.index(name) for name in ("occurred_at", "attributes"))


def is_known_type(kind: str) -> bool:
    """Whether partners may tell events of this type."""
    if kind.startswith(CUSTOM):
        return len(kind) > len(CUSTOM)
    return kind in MONEY_IN or kind in TAKES_BACK or kind in BEHAVIOUR or kind == STATUS
