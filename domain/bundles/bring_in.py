"""Documents of another environment become drafts here: all of them, or none."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from domain import approvals
from domain.approvals import Kind, Version
from domain.bundles.bundle import Bundle, BundleDocument
from domain.operators import OperatorIdentity
from kit import database, logging
from kit.database import Connection
from kit.errors import Fault, NotFound, RuleViolated

log = logging.get("bundles")
_REFERS_TO = {
    "campaign": "campaigns",
    "coupon": "coupon-templates",
    "benefit": "benefits",
    "supplier": "suppliers",
    "task": "tasks",
    "tag": "tags",
    "task_completed": "tasks",
    "coupon_used": "coupon-templates",
}
"""Which kind a field names; every other one that names something names a message template."""


class BroughtIn(msgspec.Struct, frozen=True):
    """What became of one document, or would: a `new` code, a `changed` draft or next version, or the `same` as here."""

    kind: str
    code: str
    outcome: Literal["new", "changed", "same"]
    version: int


class _DryRun(Exception):
    """Nothing of it is kept."""


async def bring_in(
    kinds: Sequence[Kind], bundle: Bundle, operator: OperatorIdentity, *, dry_run: bool
) -> list[BroughtIn]:
    """Write every document as a draft of the operator's, in one transaction; one that is the same as the latest version
    here is left alone, so the same bundle again changes nothing. With `dry_run` it is only said what would happen.

    What documents refer to must be live here or stand in the bundle itself; submitting asks again. Raises
    `RuleViolated` (`bundle.impossible`, with the path of every fault in the bundle), `Forbidden`
    (`operator.missing_role`), `Conflict` (`configuration.submitted`).
    """
    approvals.check_may(operator, approvals.Move.SUBMIT)
    definitions = await _definitions({kind.name: kind for kind in kinds}, bundle)
    # In one order, whatever the file's: two bundles at once never wait for each other.
    definitions.sort(key=lambda one: (one[0].name, one[1].code))
    known = [await _latest(kind.name, document.code, operator) for kind, document, _ in definitions]
    outcomes: list[BroughtIn] = []
    try:
        async with database.transaction() as connection:
            for (kind, document, definition), latest in zip(definitions, known, strict=True):
                outcomes.append(await _write(connection, kind, document.code, definition, latest, operator))
            if dry_run:
                raise _DryRun
    except _DryRun:
        return outcomes
    log.info("bundle.brought_in", documents=len(outcomes), new=sum(one.outcome == "new" for one in outcomes))
    return outcomes


async def _latest(kind: str, code: str, operator: OperatorIdentity) -> Version | None:
    try:
        return await approvals.version_numbered(kind, code, operator)
    except NotFound:
        return None  # another branch's is refused when it is to be written


async def _write(
    connection: Connection,
    kind: Kind,
    code: str,
    definition: msgspec.Struct,
    latest: Version | None,
    operator: OperatorIdentity,
) -> BroughtIn:
    if latest is not None and latest.content_hash == approvals.hash_of(definition):
        return BroughtIn(kind.name, code, "same", latest.version)
    saved = await approvals.put_draft(connection, kind, code, definition, operator, "bundle")
    return BroughtIn(kind.name, code, "changed" if latest else "new", saved.version.version)


_Read = tuple[Kind, BundleDocument, msgspec.Struct]


async def _definitions(kinds: Mapping[str, Kind], bundle: Bundle) -> list[_Read]:
    named = {(document.kind, document.code) for document in bundle.documents}
    found: list[_Read] = []
    faults: list[Fault] = []
    seen: set[tuple[str, str]] = set()
    for place, document in enumerate(bundle.documents):
        path, kind = f"documents[{place}]", kinds.get(document.kind)
        if kind is None:
            faults.append(Fault(f"{path}.kind", "bundle.unknown_kind", f"there is no kind {document.kind!r}"))
            continue
        if (document.kind, document.code) in seen:
            faults.append(Fault(f"{path}.code", "bundle.repeated", "stands there twice"))
        seen.add((document.kind, document.code))
        try:
            definition = msgspec.convert(document.body, kind.definition)
        except msgspec.ValidationError as error:
            faults.append(Fault(f"{path}.body", "bundle.invalid", str(error).replace("`$", "`body")))
            continue
        if document.content_hash not in (None, approvals.hash_of(definition)):
            faults.append(Fault(f"{path}.content_hash", "bundle.content_changed", "the body is not what was taken out"))
        faults += await _faults_of(kind, document, definition, path, named)
        found.append((kind, document, definition))
    if faults:
        raise RuleViolated("bundle.impossible", "配置包有误，没有导入任何内容，请按所列路径修改", faults)
    return found


async def _faults_of(
    kind: Kind, document: BundleDocument, definition: msgspec.Struct, path: str, named: set[tuple[str, str]]
) -> list[Fault]:
    """What the kind refuses, but for references to what comes with the bundle."""
    try:
        await kind.check(document.code, definition)
    except RuleViolated as refusal:
        return [
            Fault(f"{path}.body.{fault.path}", fault.code, fault.detail)
            for fault in refusal.faults
            if not (fault.code.endswith(".unknown_reference") and _referred(document.body, fault) in named)
        ]
    return []


def _referred(body: dict[str, Any], fault: Fault) -> tuple[str, Any]:
    """Kind and code of what the field names that the fault is about."""
    value: Any = body
    steps = re.findall(r"[^.\[\]]+", fault.path)
    for step in steps:
        value = value[int(step)] if isinstance(value, list) else value.get(step)
    if fault.code == "audience.unknown_reference":  # they stand under many names
        return "audiences", value
    return _REFERS_TO.get(steps[-1], "message-templates"), value
