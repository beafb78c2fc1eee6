"""Who is asking: the operator behind the bearer token; and what only some may ask."""

from sanic import Request

from domain.operators import OperatorIdentity, Role
from kit.errors import Forbidden, Unauthenticated
from kit.tokens import SessionTokens


async def signed_in(request: Request) -> OperatorIdentity:
    """Raises `Unauthenticated` (`session.missing`, `session.invalid`, `session.expired`, `session.revoked`)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("session.missing", "请先登录")
    tokens: SessionTokens[OperatorIdentity] = request.app.ctx.operator_tokens
    return await tokens.verify(token.strip())


def check_head_office(subject: OperatorIdentity) -> None:
    """Raises `Forbidden` (`operator.head_office_only`) for a branch."""
    if subject.scope is not None:
        raise Forbidden("operator.head_office_only", "此功能仅供总行使用")


def check_any_role(subject: OperatorIdentity, *roles: Role) -> None:
    """Raises `Forbidden` (`operator.missing_role`)."""
    if subject.roles.isdisjoint(roles):
        raise Forbidden("operator.missing_role", "没有此操作的权限")
