"""What a customer is told who may not, or not yet: never what met them. Pure."""

from datetime import datetime
from math import ceil

from kit.errors import Conflict, DomainError, Forbidden, TooOften


def denied(message: str | None = None) -> DomainError:
    """No (`risk.denied`)."""
    return Forbidden("risk.denied", message or "当前操作暂时无法完成，如有疑问请联系客服")


def challenged(token: str, message: str | None = None) -> DomainError:
    """Not before the code that goes to the customer's phone is told (`risk.challenge`, with `challenge_id`)."""
    text = message or "为保障您的账户安全，请先完成短信验证"
    return Forbidden("risk.challenge", text, about={"challenge_id": token})


def under_review(message: str | None = None) -> DomainError:
    """Not before an operator has looked at it (`risk.review`)."""
    return Conflict("risk.review", message or "本次操作需要核实，请稍后再试")


def limited(again: datetime, now: datetime, message: str | None = None) -> DomainError:
    """Not before `again` (`risk.limited`, with `Retry-After`)."""
    seconds = max(1, ceil((again - now).total_seconds()))
    return TooOften("risk.limited", message or "操作太频繁，请稍后再试", details={"retry_after_seconds": seconds})
