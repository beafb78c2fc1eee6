"""What reminders of coupons can say. Pure."""

from collections.abc import Sequence

from domain.messages import VariableType

EXPIRING_SAYS = {
    "customer": VariableType.TEXT,
    "coupon": VariableType.TEXT,
    "number": VariableType.NUMBER,
    "expires_on": VariableType.DATE,
}
OPENING_SAYS = {"customer": VariableType.TEXT, "coupon": VariableType.TEXT}


def names_text(names: Sequence[str]) -> str:
    """`7天免息券`, or `7天免息券等3张券` for several."""
    return names[0] if len(names) == 1 else f"{names[0]}等{len(names)}张券"
