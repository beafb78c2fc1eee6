"""Files received and worked on as the worker does."""

import io
from collections.abc import AsyncIterator, Sequence
from typing import Any

from openpyxl import Workbook

from domain import imports
from domain.imports import ImportFile, KindName
from domain.operators import OperatorIdentity
from tests.domain.coupons.stage import MAKER


async def pieces(content: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    """A body as it arrives."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def received(
    kind: KindName,
    content: bytes | str,
    target: str | None = None,
    *,
    operator: OperatorIdentity = MAKER,
    dry_run: bool = False,
) -> ImportFile:
    """A file nobody has worked on."""
    body = content.encode() if isinstance(content, str) else content
    return (await imports.receive(operator, kind, target, "a file", dry_run, pieces(body))).file


async def worked(file: ImportFile, operator: OperatorIdentity = MAKER) -> ImportFile:
    """The import when nothing is left to do."""
    while await imports.work_next():
        pass
    return await imports.read(operator, file.id)


async def taken(kind: KindName, content: bytes | str, target: str | None = None, **more: Any) -> ImportFile:
    """A file and what became of it."""
    return await worked(await received(kind, content, target, **more), more.get("operator", MAKER))


async def faults(file: ImportFile, operator: OperatorIdentity = MAKER) -> list[tuple[int, str, str]]:
    """Row, column and code of each."""
    return [(one.row, one.path, one.code) for one in await imports.faults(operator, file.id)]


def workbook(rows: Sequence[Sequence[Any]]) -> bytes:
    """Rows as an XLSX."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
