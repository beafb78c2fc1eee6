"""The ways a request can be refused, mapped to HTTP once in `kit.http`."""

from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True)
class Fault:
    """One thing wrong at one place of the input; `path` as in `content.all[0].where.mcc`."""

    path: str
    code: str
    detail: str


@dataclass
class DomainError(Exception):
    """An expected refusal. `code` is stable (`coupon.out_of_stock`), `message` is for a person, `about` what a program
    needs to go on.
    """

    code: str
    message: str
    faults: list[Fault] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Error"

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class BadInput(DomainError):
    """The request itself is malformed."""

    status, title = 400, "Malformed request"


class Unauthenticated(DomainError):
    """Nobody, or nobody we can verify, is asking."""

    status, title = 401, "Not signed in"


class Forbidden(DomainError):
    """Known, but not allowed."""

    status, title = 403, "Not allowed"


class NotFound(DomainError):
    """Not there, or not this subject's."""

    status, title = 404, "Not found"


class Conflict(DomainError):
    """Wrong state, out of stock, over a cap."""

    status, title = 409, "Conflict"


class RuleViolated(DomainError):
    """Well formed, but against a rule of the business."""

    status, title = 422, "Rule violated"


class TooOften(DomainError):
    """Allowed, but not so often; `retry_after_seconds` of its details says when again."""

    status, title = 429, "Too often"


class Unavailable(DomainError):
    """Something we need does not answer, or the queue is full; worth trying again."""

    status, title = 503, "Unavailable"
