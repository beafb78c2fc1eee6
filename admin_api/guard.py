"""Who is asking: the operator behind the bearer token."""

from sanic import Request

from domain.operators import OperatorIdentity
from kit.errors import Unauthenticated
from kit.tokens import SessionTokens


async def signed_in(request: Request) -> OperatorIdentity:
    """Raises `Unauthenticated` (`session.missing`, `session.invalid`, `session.expired`, `session.revoked`)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("session.missing", "请先登录")
    tokens: SessionTokens[OperatorIdentity] = request.app.ctx.operator_tokens
    return await tokens.verify(token.strip())
