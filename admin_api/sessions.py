"""Operators sign in and out."""

from typing import Annotated

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.shapes import Instant
from domain import operators
from domain.operators import OperatorIdentity
from kit import clock
from kit.http import Routes


class Credentials(msgspec.Struct, forbid_unknown_fields=True):
    """`code` is asked only of operators who enrolled a second factor."""

    username: Annotated[str, Meta(min_length=1, max_length=64)]
    password: Annotated[str, Meta(min_length=1, max_length=256)]
    code: Annotated[str, Meta(max_length=16)] | None = None


class OperatorSession(msgspec.Struct):
    """A session that was opened; the token goes into `Authorization: Bearer …`."""

    token: str
    expires_at: Instant


async def post_session(request: Request, body: Credentials) -> OperatorSession:
    """Sign in.

    Five wrong passwords lock the account for 15 minutes (`operator.locked`).
    """
    opened = await operators.sign_in(body.username, body.password, request.app.ctx.operator_session_hours)
    token = request.app.ctx.operator_tokens.issue(str(opened.operator_id), opened.session_id, opened.expires_at)
    return OperatorSession(token, clock.local_text(opened.expires_at))


async def delete_session(request: Request, subject: OperatorIdentity) -> None:
    """Sign out: the token is refused by every process from now on."""
    if subject.session_id is not None:
        await operators.end_session(subject.session_id)
        request.app.ctx.operator_tokens.forget(subject.session_id)


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    room.route("POST", "/sessions", tag="sessions", status=201, errors=(401, 403), public=True)(post_session)
    room.route("DELETE", "/sessions/current", tag="sessions", status=204)(delete_session)
