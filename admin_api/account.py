"""An operator's own account: who they are here, their password, their second factor."""

from typing import Annotated

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.guard import Scope, access
from domain import operators
from domain.operators import OperatorIdentity
from kit.http import Routes

Password = Annotated[str, Meta(min_length=1, max_length=256)]


class OwnAccount(msgspec.Struct):
    """`branches` are those the operator sees, null for all; `to_do` is what has to be done before anything else."""

    username: str
    name: str
    roles: list[str]
    branch: str
    branches: list[str] | None
    second_factor: bool
    to_do: str | None


class PasswordChange(msgspec.Struct, forbid_unknown_fields=True):
    """The present password, and the one instead: 12 to 256 characters, at least 6 different ones, no username in it."""

    current: Password
    new: Password


class Confirmed(msgspec.Struct, forbid_unknown_fields=True):
    """The operator's password once more."""

    password: Password


class SecondFactor(msgspec.Struct):
    """What goes into the authenticator, as text and as the address of a QR code; told once."""

    secret: str
    address: str


class FirstCode(msgspec.Struct, forbid_unknown_fields=True):
    """What the authenticator shows."""

    code: Annotated[str, Meta(min_length=6, max_length=16)]


async def get_account(request: Request, subject: OperatorIdentity) -> OwnAccount:
    """Who is asking."""
    enrol = request.app.ctx.second_factor_required and not subject.enrolled
    return OwnAccount(
        username=subject.username,
        name=subject.name,
        roles=sorted(subject.roles),
        branch=subject.branch,
        branches=subject.within,
        second_factor=subject.enrolled,
        to_do="change_password" if subject.one_time else "enrol_second_factor" if enrol else None,
    )


async def put_password(request: Request, body: PasswordChange, subject: OperatorIdentity) -> None:
    """Change the own password. The operator's other sessions end."""
    await operators.change_password(subject, body.current, body.new)


async def post_second_factor(request: Request, body: Confirmed, subject: OperatorIdentity) -> SecondFactor:
    """Begin enrolling: a secret for the authenticator. It counts only once a code of it was confirmed."""
    offered = await operators.offer_second_factor(subject, body.password)
    return SecondFactor(offered.secret, offered.address)


async def confirm_second_factor(request: Request, body: FirstCode, subject: OperatorIdentity) -> None:
    """Finish enrolling: signing in asks for a code from now on. The operator's other sessions end."""
    await operators.confirm_second_factor(subject, body.code)


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    tag, own = "account", access(Scope.SELF, unready=True)
    room.route("GET", "/account", tag=tag, access=own)(get_account)
    room.route("PUT", "/account/password", tag=tag, status=204, errors=(422,), access=own)(put_password)
    room.route("POST", "/account/second-factor", tag=tag, status=201, errors=(409,), access=own)(post_second_factor)
    room.route("POST", "/account/second-factor/confirmation", tag=tag, status=204, errors=(409, 422), access=own)(
        confirm_second_factor
    )
