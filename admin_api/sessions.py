"""Operators sign in and out, and see where else they are signed in."""

from typing import Annotated

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.guard import Scope, access
from admin_api.shapes import Instant
from domain import operators
from domain.operators import OperatorIdentity
from kit import clock
from kit.http import Page, Routes


class Credentials(msgspec.Struct, forbid_unknown_fields=True):
    """`code` is asked only of operators who enrolled a second factor."""

    username: Annotated[str, Meta(min_length=1, max_length=64)]
    password: Annotated[str, Meta(min_length=1, max_length=256)]
    code: Annotated[str, Meta(max_length=16)] | None = None


class OperatorSession(msgspec.Struct):
    """A session that was opened; the token goes into `Authorization: Bearer …`."""

    token: str
    expires_at: Instant


class SessionView(msgspec.Struct):
    """An open session; `used_at` lags behind by up to a minute."""

    session_id: str
    created_at: Instant
    used_at: Instant
    expires_at: Instant
    current: bool


async def post_session(request: Request, body: Credentials) -> OperatorSession:
    """Sign in.

    Five wrong passwords or codes lock the account for 15 minutes (`operator.locked`). Who enrolled a second factor and
    gives no `code` is asked for it (`operator.code_required`); each code is taken once.
    """
    hours = request.app.ctx.operator_session_hours
    opened = await operators.sign_in(body.username, body.password, hours, body.code)
    token = request.app.ctx.operator_tokens.issue(str(opened.operator_id), opened.session_id, opened.expires_at)
    return OperatorSession(token, clock.local_text(opened.expires_at))


async def delete_session(request: Request, subject: OperatorIdentity) -> None:
    """Sign out: the token is refused by every process from now on."""
    if subject.session_id is not None:
        await operators.end_session(subject, subject.session_id)


async def list_sessions(request: Request, subject: OperatorIdentity) -> Page[SessionView]:
    """The operator's own open sessions, the latest first."""
    return Page(await views(subject.operator_id, subject.session_id), None)


async def delete_own_session(request: Request, session_id: str, subject: OperatorIdentity) -> None:
    """End one of the operator's own sessions, in every process."""
    await operators.end_session(subject, session_id)


async def views(operator_id: int, current: str | None) -> list[SessionView]:
    """Open sessions of an operator, the one of this request marked."""
    return [
        SessionView(
            one.id,
            clock.local_text(one.created_at),
            clock.local_text(one.used_at),
            clock.local_text(one.expires_at),
            one.id == current,
        )
        for one in await operators.sessions(operator_id)
    ]


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    own = access(Scope.SELF, unready=True)
    room.route("POST", "/sessions", tag="sessions", status=201, errors=(401, 403), public=True)(post_session)
    room.route("DELETE", "/sessions/current", tag="sessions", status=204, access=own)(delete_session)
    room.route("GET", "/sessions", tag="sessions", access=own)(list_sessions)
    room.route("DELETE", "/sessions/{session_id}", tag="sessions", status=204, errors=(404,), access=own)(
        delete_own_session
    )
