"""Operators as their administrators look after them."""

from typing import Annotated

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.guard import Scope, access
from admin_api.sessions import SessionView, views
from admin_api.shapes import Instant
from domain import operators
from domain.operators import Account, OperatorIdentity, Role
from kit import clock
from kit.http import Cursor, Page, Routes, page_bounds
from kit.http.types import next_cursor

Username = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]{2,63}\Z")]
Name = Annotated[str, Meta(min_length=1, max_length=64)]
BranchCode = Annotated[str, Meta(min_length=1, max_length=32)]


class NewOperator(msgspec.Struct, forbid_unknown_fields=True):
    """An operator to be; the branch has to be one the administrator sees."""

    username: Username
    name: Name
    roles: list[Role]
    branch: BranchCode


class OperatorChange(msgspec.Struct, forbid_unknown_fields=True):
    """What is null or left out stays. Other roles, another branch and deactivation end the operator's sessions."""

    name: Name | None = None
    roles: list[Role] | None = None
    branch: BranchCode | None = None
    active: bool | None = None


class OperatorView(msgspec.Struct):
    """`one_time_until` says of a password that it has to be changed, and until when it opens a session."""

    username: str
    name: str
    roles: list[str]
    branch: str
    active: bool
    locked_until: Instant | None
    one_time_until: Instant | None
    second_factor: bool
    created_at: Instant


class NewPassword(msgspec.Struct):
    """Told once; the operator has to change it within three days."""

    username: str
    one_time_password: str


class OperatorAdmitted(msgspec.Struct):
    """The operator, and the password that is told once."""

    operator: OperatorView
    one_time_password: str


async def post_operator(request: Request, body: NewOperator, subject: OperatorIdentity) -> OperatorAdmitted:
    """Admit an operator to a branch one sees, with a one-time password."""
    made = await operators.create(subject, body.username, body.name, body.roles, body.branch)
    return OperatorAdmitted(_view(made.account), made.one_time_password)


async def list_operators(request: Request, query: Cursor, subject: OperatorIdentity) -> Page[OperatorView]:
    """Operators of the administrator's branches, newest first."""
    before, limit = page_bounds(query)
    found = await operators.accounts(subject, before, limit + 1)
    following = next_cursor(found, limit)
    return Page([_view(one) for one in found[:limit]], following)


async def get_operator(request: Request, username: str, subject: OperatorIdentity) -> OperatorView:
    """One of them."""
    return _view(await operators.account(subject, username))


async def patch_operator(
    request: Request, username: str, body: OperatorChange, subject: OperatorIdentity
) -> OperatorView:
    """Change an operator. Nobody changes their own roles, branch or activity (`operator.own_account`)."""
    changed = await operators.change(
        subject, username, name=body.name, roles=body.roles, branch=body.branch, active=body.active
    )
    return _view(changed)


async def reset_operator_password(request: Request, username: str, subject: OperatorIdentity) -> NewPassword:
    """Give an operator a one-time password; it unlocks the account and ends the sessions."""
    return NewPassword(username, await operators.reset_password(subject, username))


async def delete_operator_second_factor(request: Request, username: str, subject: OperatorIdentity) -> None:
    """Let an operator who lost the phone sign in without a code and enrol anew; the sessions end."""
    await operators.reset_second_factor(subject, username)


async def list_operator_sessions(request: Request, username: str, subject: OperatorIdentity) -> Page[SessionView]:
    """Open sessions of an operator, the latest first."""
    account = await operators.account(subject, username)
    return Page(await views(account.id, subject.session_id), None)


async def delete_operator_sessions(request: Request, username: str, subject: OperatorIdentity) -> None:
    """End every session of an operator, in every process."""
    await operators.end_sessions(subject, username)


async def delete_operator_session(request: Request, username: str, session_id: str, subject: OperatorIdentity) -> None:
    """End one session of an operator, in every process."""
    await operators.end_session(subject, session_id, username)


def _view(one: Account) -> OperatorView:
    return OperatorView(
        username=one.username,
        name=one.name,
        roles=one.roles,
        branch=one.branch,
        active=one.active,
        locked_until=clock.local_text(one.locked_until) if one.locked_until else None,
        one_time_until=clock.local_text(one.one_time_until) if one.one_time_until else None,
        second_factor=one.enrolled,
        created_at=clock.local_text(one.created_at),
    )


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    tag, every, one = "operators", "/operators", "/operators/{username}"
    may = access(Scope.ONE, Role.ADMINISTRATOR)
    made, listed = access(Scope.MADE, Role.ADMINISTRATOR), access(Scope.ROWS, Role.ADMINISTRATOR)
    room.route("POST", every, tag=tag, status=201, errors=(409, 422), access=made)(post_operator)
    room.route("GET", every, tag=tag, access=listed)(list_operators)
    room.route("GET", one, tag=tag, errors=(404,), access=may)(get_operator)
    room.route("PATCH", one, tag=tag, errors=(404, 409, 422), access=may)(patch_operator)
    room.route("POST", f"{one}/password-reset", tag=tag, errors=(404, 409), access=may)(reset_operator_password)
    room.route("DELETE", f"{one}/second-factor", tag=tag, status=204, errors=(404, 409), access=may)(
        delete_operator_second_factor
    )
    room.route("GET", f"{one}/sessions", tag=tag, errors=(404,), access=may)(list_operator_sessions)
    room.route("DELETE", f"{one}/sessions", tag=tag, status=204, errors=(404,), access=may)(delete_operator_sessions)
    room.route("DELETE", f"{one}/sessions/{{session_id}}", tag=tag, status=204, errors=(404,), access=may)(
        delete_operator_session
    )
