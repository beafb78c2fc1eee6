"""Whether a customer may exchange. Pure."""

from domain.benefits import BenefitDefinition
from kit.errors import Conflict, DomainError, NotFound

_ISSUE = {
    "benefit.not_offered": "这项权益暂不可兑换",
    "benefit.personal_cap": "您已达到这项权益的领取上限",
    "benefit.out_of_stock": "这项权益已兑完",
}


def why_not(
    definition: BenefitDefinition | None, balance: int, exchanged: int, *, among_those: bool
) -> DomainError | None:
    """The refusal, or None: `NotFound` (`benefit.not_found`), `Conflict` (`benefit.not_exchangeable`,
    `benefit.not_for_you`, `exchange.personal_cap`, `experience.insufficient`). `exchanged` counts those that were not
    given back; `among_those` whom the exchange is for.
    """
    if definition is None:
        return NotFound("benefit.not_found", "没有这项权益")
    if definition.exchange is None:
        return Conflict("benefit.not_exchangeable", "这项权益不能用经验值兑换")
    if not among_those:
        return Conflict("benefit.not_for_you", "这项权益仅限指定客户兑换")
    if definition.exchange.per_person is not None and exchanged >= definition.exchange.per_person:
        return Conflict("exchange.personal_cap", "您已达到这项权益的兑换上限")
    if balance < definition.exchange.experience:
        missing = definition.exchange.experience - balance
        return Conflict("experience.insufficient", f"经验值不足，还差 {missing}", details={"missing": missing})
    return None


def refused(code: str) -> Conflict:
    """The refusal where the benefit cannot be granted."""
    return Conflict(code, _ISSUE.get(code, "这项权益暂时无法兑换，请稍后再试"))
