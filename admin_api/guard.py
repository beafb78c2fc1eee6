"""Who is asking: the operator behind the bearer token; and who may ask what."""

from datetime import timedelta
from enum import StrEnum

import msgspec
from sanic import Request

from domain import operators
from domain.operators import OperatorIdentity, Role, check_role
from kit.errors import Forbidden, Unauthenticated
from kit.tokens import SessionTokens


class Scope(StrEnum):
    """What of the house a route touches."""

    ROWS = "rows"
    """A list: those of the operator's branches."""
    ONE = "one"
    """What the path (or the query) names, if it is of the operator's branches; another branch's is 404."""
    MADE = "made"
    """Something new, of the operator's own branch or, where the body names one, of one they see."""
    SELF = "self"
    """The operator's own account and sessions."""
    HEAD_OFFICE = "head_office"
    """What is no branch's."""


class Access(msgspec.Struct, frozen=True):
    """Who may ask a route: `roles` (none: every operator). `changes` is False for what is asked with a body but changes
    nothing. `unready`: also for who has to change the password or enrol a second factor first.
    """

    scope: Scope
    roles: frozenset[Role] = frozenset()
    changes: bool = True
    unready: bool = False


def access(scope: Scope, *roles: Role, changes: bool = True, unready: bool = False) -> Access:
    """Of one scope, for operators with one of these roles, or for all of them."""
    return Access(scope, frozenset(roles), changes, unready)


async def signed_in(request: Request) -> OperatorIdentity:
    """Raises `Unauthenticated` (`session.missing`, `session.invalid`, `session.expired`, `session.revoked`,
    `session.idle`).
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("session.missing", "请先登录")
    tokens: SessionTokens[OperatorIdentity] = request.app.ctx.operator_tokens
    subject = await tokens.verify(token.strip())
    if subject.session_id is not None:
        await operators.touch(subject.session_id, timedelta(minutes=request.app.ctx.operator_idle_minutes))
    return subject


def admit(request: Request, subject: OperatorIdentity, given: Access) -> None:
    """Whether `subject` may ask. Raises `Forbidden` (`operator.password_change_required`,
    `operator.second_factor_required`, `operator.head_office_only`, `operator.missing_role`).
    """
    if not given.unready:
        if subject.one_time:
            raise Forbidden("operator.password_change_required", "请先修改一次性密码")
        if request.app.ctx.second_factor_required and not subject.enrolled:
            raise Forbidden("operator.second_factor_required", "请先启用动态验证码")
    if given.scope is Scope.HEAD_OFFICE and subject.within is not None:
        raise Forbidden("operator.head_office_only", "此功能仅供总行使用")
    if given.roles:
        check_role(subject, *sorted(given.roles))
