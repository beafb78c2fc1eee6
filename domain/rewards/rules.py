"""How rewards pay debts. Pure."""

from collections.abc import Sequence

import msgspec


class Owed(msgspec.Struct):
    """A debt and what is left of it, in fen."""

    debt_id: int
    rest: int


class Payment(msgspec.Struct, frozen=True):
    """What a withheld grant pays of a debt, in fen."""

    debt_id: int
    grant_id: int
    amount: int


def pay(grant_id: int, cost_fen: int, owed: Sequence[Owed]) -> list[Payment]:
    """The payments with which a grant of this cost is kept back, oldest debts first, taken off `owed`; none when it
    costs nothing or more than is owed: a reward is given whole or kept back whole.
    """
    if not 0 < cost_fen <= sum(debt.rest for debt in owed):
        return []
    payments: list[Payment] = []
    for debt in owed:
        amount = min(cost_fen, debt.rest)
        if amount:
            payments.append(Payment(debt.debt_id, grant_id, amount))
            debt.rest -= amount
            cost_fen -= amount
    return payments
