"""Whose figures and rows an operator may read."""

from domain.operators.identity import OperatorIdentity


def scope(operator: OperatorIdentity) -> list[str] | None:
    """The branches whose customers are this operator's; None at head office, which sees all."""
    return None if operator.scope is None else [operator.scope]
