"""Configurations between environments: a file of documents out, and in as drafts."""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from sanic import HTTPResponse, Request

from admin_api import bundle_text
from admin_api.bundle_text import Format
from admin_api.guard import Scope, access
from domain import approvals, bundles, launches
from domain.approvals import Kind
from domain.bundles import Bundle
from domain.operators import OperatorIdentity
from kit.errors import BadInput, Fault, NotFound
from kit.http import Code, Routes

_MEDIA = {"json": "application/json", "yaml": "application/yaml"}


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """A `campaign` with everything that belongs to it and the message templates that uses, or chosen `documents`, as in
    `tasks/fuel-300,benefits/lounge`.
    """

    campaign: Code | None = None
    documents: Annotated[str, Meta(min_length=3, max_length=10_000)] | None = None
    format: Format = "json"


class BringIn(msgspec.Struct, forbid_unknown_fields=True):
    """`dry_run` says what would happen, and checks everything; nothing is kept."""

    dry_run: bool = False
    format: Format = "json"


class BroughtInView(msgspec.Struct):
    """What became of a document, or would."""

    kind: str
    code: str
    outcome: Literal["new", "changed", "same"]
    version: int


class BroughtInAnswer(msgspec.Struct):
    """All of them, by kind and code."""

    dry_run: bool
    documents: list[BroughtInView]


def add(room: Routes, kinds: Sequence[Kind]) -> None:
    """Put the routes of this file into the room."""
    known = {kind.name for kind in kinds}

    async def get_bundle(request: Request, query: Wanted, subject: OperatorIdentity) -> Bundle | HTTPResponse:
        """Take documents out: what is live, where nothing is the latest version; with their content hashes."""
        bundle = await bundles.take_out(await _wanted(query, known, subject), subject)
        return HTTPResponse(bundle_text.written(bundle, query.format), 200, content_type=_MEDIA[query.format])

    async def bring_in_bundle(request: Request, query: BringIn, subject: OperatorIdentity) -> BroughtInAnswer:
        """Bring documents in as drafts of the operator who asks: all, or none."""
        bundle = await bundle_text.read(request.body, query.format)
        done = await bundles.bring_in(kinds, bundle, subject, dry_run=query.dry_run)
        return BroughtInAnswer(
            query.dry_run, [BroughtInView(one.kind, one.code, one.outcome, one.version) for one in done]
        )

    room.route(
        "GET",
        "/bundles",
        tag="bundles",
        errors=(404,),
        pictures=("application/yaml",),
        access=access(Scope.ONE),
    )(get_bundle)
    room.route(
        "POST",
        "/bundles",
        tag="bundles",
        errors=(404, 409, 422),
        raw_body=Bundle,
        access=access(Scope.MADE, *approvals.WRITERS),
    )(bring_in_bundle)


async def _wanted(query: Wanted, kinds: set[str], subject: OperatorIdentity) -> list[tuple[str, str]]:
    if (query.campaign is None) == (query.documents is None):
        fault = Fault("", "invalid", "exactly one of campaign and documents")
        raise BadInput("request.invalid", "Say what to take out", [fault])
    if query.campaign is not None:
        return await launches.belonging(query.campaign, subject)
    wanted = []
    for named in (query.documents or "").split(","):
        kind, _, code = named.strip().partition("/")
        if kind not in kinds or not code:
            raise NotFound("configuration.not_found", f"没有这项配置：{named.strip()[:100]}")
        wanted.append((kind, code))
    return list(dict.fromkeys(wanted))
