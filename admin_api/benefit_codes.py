"""Voucher codes of suppliers come in; they never go out again here."""

from typing import Annotated

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.guard import Scope, access
from domain import benefits
from domain.operators import OperatorIdentity, Role
from kit.http import Routes

VoucherCode = Annotated[str, Meta(min_length=1, max_length=200)]


class CodeImport(msgspec.Struct, forbid_unknown_fields=True):
    """At most 10,000 a call; a code that is known already is counted as a duplicate."""

    codes: Annotated[list[VoucherCode], Meta(min_length=1, max_length=10_000)]


class CodesImported(msgspec.Struct):
    """What became of them."""

    imported: int
    duplicates: int


async def import_benefit_codes(
    request: Request, code: str, body: CodeImport, subject: OperatorIdentity
) -> CodesImported:
    """Take in voucher codes of a benefit. Repeating it changes nothing."""
    return msgspec.convert(await benefits.import_codes(subject, code, body.codes), CodesImported, from_attributes=True)


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    room.route(
        "POST", "/benefits/{code}/codes", tag="benefits", errors=(404, 409), access=access(Scope.ONE, Role.MAKER)
    )(import_benefit_codes)
