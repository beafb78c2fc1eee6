"""Customers as operators may see them: those of their branches, head office all."""

from domain.customers.profile import Profile, id_of, profile
from domain.operators import OperatorIdentity
from kit.errors import NotFound


async def seen_by(operator: OperatorIdentity, customer_no: str) -> Profile:
    """The customer. Raises `NotFound`, also for another branch's."""
    found = await profile(await id_of(customer_no))
    if not operator.sees(found.branch):
        raise NotFound("customer.not_found", "没有这位客户")
    return found
