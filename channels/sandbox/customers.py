"""The demo's twenty customers, of every stage, product and several branches."""

import hashlib
from typing import get_args

from channels.card_core.sandbox import CoreRecord
from channels.card_core.wire_core import CreditMode, CustomerType, Stage

_NAMES = (
    *("王小明", "李思雨", "张建国", "刘梦琪", "陈浩然", "杨雪梅", "赵子轩", "黄丽华", "周志强", "吴佳怡"),
    *("徐文博", "孙晓燕", "马俊杰", "朱雅婷", "胡国庆", "郭欣然", "何伟", "高静", "林宇航", "罗婉清"),
)
_PRODUCTS = ("young", "gold", "platinum")
_BRANCHES = ("HQ", "BJ", "SH", "SZ")
_TYPES: tuple[CustomerType, ...] = get_args(CustomerType)
_MODES: tuple[CreditMode, ...] = get_args(CreditMode)
STAGES: tuple[Stage, ...] = get_args(Stage)


def _record(number: int, name: str) -> CoreRecord:
    return CoreRecord(
        customer_no=f"C{number:010d}",
        name=name,
        phone=f"138{number:08d}",
        # Five customers in a row share a stage, so that a table of them reads from base to credit.
        stage=STAGES[(number - 1) // 5],
        card_product=_PRODUCTS[(number - 17) % len(_PRODUCTS)],
        branch=_BRANCHES[number % len(_BRANCHES)],
        card_last4=f"{5770 + 37 * (number - 17):04d}",
        billing_day=number + 2,
        customer_type=_TYPES[number % len(_TYPES)],
        credit_mode=_MODES[number % len(_MODES)],
        # Of the base stage nobody has a credit line yet.
        credit_granted=number > 5,
    )


DEMO_CUSTOMERS = tuple(_record(number, name) for number, name in enumerate(_NAMES, 1))
_BY_NO = {one.customer_no: one for one in DEMO_CUSTOMERS}


def card_of(customer_no: str) -> dict[str, str]:
    """The card the core would name in an event of this customer; one of its own for a customer it never saw."""
    digest = hashlib.blake2b(customer_no.encode(), digest_size=12).hexdigest()
    known = _BY_NO.get(customer_no)
    if known is None:
        return {"token": f"ct_{digest}", "last4": f"{int(digest, 16) % 10_000:04d}"}
    return {"token": f"ct_{digest}", "last4": known.card_last4, "product": known.card_product}
