"""The tree of head office and branches."""

from typing import Annotated

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.guard import Scope, access
from domain import operators
from domain.operators import Branch, OperatorIdentity, Role
from kit.http import Answer, Page, Routes
from kit.http.problems import bad_input


class BranchBody(msgspec.Struct, forbid_unknown_fields=True):
    """`parent` is the code of the branch above, `HQ` directly below head office."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    parent: Annotated[str, Meta(min_length=1, max_length=32)]


class BranchView(msgspec.Struct):
    """A branch; only head office has no parent."""

    code: str
    name: str
    parent: str | None


class _Named(msgspec.Struct):
    code: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}\Z")]


async def list_branches(request: Request, subject: OperatorIdentity) -> Page[BranchView]:
    """The operator's branch and those below it, by code; head office sees all."""
    found = await operators.branches(subject.within)
    return Page([BranchView(one.code, one.name, one.parent) for one in found], None)


async def put_branch(request: Request, code: str, body: BranchBody, subject: OperatorIdentity) -> Answer[BranchView]:
    """Put a branch into the tree (201), or at another place of it or under another name (200)."""
    try:
        named = msgspec.convert({"code": code}, _Named).code
    except msgspec.ValidationError as error:
        raise bad_input(error) from None
    created = await operators.put_branch(subject, Branch(named, body.name, body.parent))
    return Answer(BranchView(named, body.name, body.parent), status=201 if created else 200)


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    may = access(Scope.HEAD_OFFICE, Role.ADMINISTRATOR)
    room.route("GET", "/branches", tag="branches", access=access(Scope.ROWS))(list_branches)
    room.route("PUT", "/branches/{code}", tag="branches", also=(201,), errors=(409, 422), access=may)(put_branch)
