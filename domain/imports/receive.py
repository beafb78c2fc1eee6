"""A file comes in; the worker does the rest."""

import hashlib
from collections.abc import AsyncIterator

import msgspec

from domain import approvals, audiences, benefits, campaigns, tags
from domain.approvals import Move
from domain.imports.file import COLUMNS, ImportFile, KindName, file_of
from domain.imports.vault import vault
from domain.operators import OperatorIdentity, acted
from kit import clock, database, logging
from kit.database import Connection
from kit.errors import Fault, Forbidden, RuleViolated

LARGEST = 64 * 1024 * 1024
_PIECE = 1 << 20
_WITH_TARGET = ("benefit_codes", "tags", "audience_members", "white_list", "risk_lists")
_LISTS = ("deny", "allow", "watch")
_HEAD_OFFICES = ("events", "risk_lists")
_IN_TURN = ("audience_members", "white_list")
"""What a file of these does, one after it may undo: the same file after another one is another import."""
log = logging.get("imports")


class Received(msgspec.Struct, frozen=True):
    """The import; `created` is false when the same file was received before."""

    file: ImportFile
    created: bool


async def receive(
    operator: OperatorIdentity,
    kind: KindName,
    target: str | None,
    name: str,
    dry_run: bool,
    chunks: AsyncIterator[bytes],
    mode: audiences.Mode | None = None,
) -> Received:
    """Keep a file, sealed, for the worker. The same bytes for the same end are the same import, unless that one was
    refused or cancelled; of a file that breaks off nothing is kept. `mode` says what members of an audience do there:
    `add` if nothing is said. Of members and white lists the same file after another one is another import.

    Raises `Forbidden` (`operator.missing_role`; `operator.head_office_only` for events and risk lists), `RuleViolated`
    (`import.too_large`, `import.empty`, `import.no_target`, `import.no_mode`), `NotFound` and `Conflict`
    (`benefit.no_codes`, `tag.not_imported`, `audience.not_by_file`, `campaign.over`).
    """
    approvals.check_may(operator, Move.SUBMIT)
    if kind in _HEAD_OFFICES and operator.within is not None:
        raise Forbidden("operator.head_office_only", "此功能仅供总行使用")
    aim = await _target(operator, kind, target, mode)
    digest, pieces, size = await _pieces(chunks)
    async with database.transaction() as connection:
        if kind in _IN_TURN:
            aim = await _turn(connection, kind, aim, digest)
        row = await connection.fetchrow(
            f"""INSERT INTO import_file (kind, target, name, digest, bytes, dry_run, state, branch, made_by, created_at,
                                         rows, position, accepted, duplicates, faulty)
                VALUES ($1, $2, $3, $4, $5, $6, 'received', $7, $8, $9, 0, 0, 0, 0, 0)
                ON CONFLICT (branch, kind, target, digest, dry_run) WHERE state NOT IN ('refused', 'cancelled')
                DO NOTHING RETURNING {COLUMNS}""",
            kind,
            aim,
            name,
            digest,
            size,
            dry_run,
            operator.branch,
            operator.operator_id,
            clock.now(),
        )
        if row is not None:
            await _keep(connection, row["id"], pieces)
            detail = {"kind": kind, "target": aim, "digest": digest, "bytes": size, "dry_run": dry_run}
            await acted(connection, operator, "import.receive", f"imports/{row['id']}", detail)
            log.info("import.received", file=row["id"], kind=kind, bytes=size, operator=operator.username)
            return Received(file_of(row), created=True)
        known = await connection.fetchrow(
            f"""SELECT {COLUMNS} FROM import_file WHERE (branch, kind, target, digest, dry_run) = ($1, $2, $3, $4, $5)
                AND state NOT IN ('refused', 'cancelled')""",
            operator.branch,
            kind,
            aim,
            digest,
            dry_run,
        )
    if known is None:  # it was cancelled this very moment
        raise RuleViolated("import.try_again", "该文件的上一次导入刚刚取消，请重新上传")
    return Received(file_of(known), created=False)


async def _keep(connection: Connection, import_id: int, pieces: list[bytes]) -> None:
    await connection.execute(
        """INSERT INTO import_part (file_id, holds, number, sealed)
           SELECT $1, 'bytes', number - 1, sealed FROM unnest($2::bytea[]) WITH ORDINALITY AS t (sealed, number)""",
        import_id,
        pieces,
    )


async def _target(operator: OperatorIdentity, kind: KindName, target: str | None, mode: audiences.Mode | None) -> str:
    if (kind in _WITH_TARGET) != (target is not None):
        fault = Fault("target", "import.no_target", f"a code, for {', '.join(_WITH_TARGET)} only")
        raise RuleViolated("import.no_target", "券码、标签、客群和名单文件须指明其编码，其他文件不须", [fault])
    if mode is not None and kind != "audience_members":
        fault = Fault("mode", "import.no_mode", "for audience_members only")
        raise RuleViolated("import.no_mode", "只有客群成员文件可以指定导入方式", [fault])
    if kind == "risk_lists" and target not in _LISTS:
        fault = Fault("target", "import.no_target", f"one of {', '.join(_LISTS)}")
        raise RuleViolated("import.no_target", f"名单文件须指明名单：{'、'.join(_LISTS)}", [fault])
    if target is None:
        return ""
    if kind == "risk_lists":
        return target
    if kind == "audience_members":
        return f"{await audiences.import_target(operator, target)}/{mode or 'add'}"
    if kind == "white_list":
        return await campaigns.campaign_of_list(operator, target)
    if kind == "tags":
        return await tags.import_target(operator, target)
    return f"{target}/{await benefits.supplier_of_codes(operator, target)}"


async def _turn(connection: Connection, kind: KindName, aim: str, digest: str) -> str:
    """`aim` and the import for the same thing before this one: the last file again is the same import, an older one is
    not.
    """
    last = await connection.fetchrow(
        """SELECT id, target, digest FROM import_file
           WHERE kind = $1 AND split_part(target, '/', 1) = $2 AND NOT dry_run
             AND state NOT IN ('refused', 'cancelled') ORDER BY id DESC LIMIT 1""",
        kind,
        aim.split("/")[0],
    )
    if last is not None and last["digest"] == digest and last["target"].startswith(f"{aim}/"):
        return str(last["target"])
    return f"{aim}/{last['id'] if last is not None else 0}"


async def _pieces(chunks: AsyncIterator[bytes]) -> tuple[str, list[bytes], int]:
    digest, pieces, waiting, size = hashlib.sha256(), [], bytearray(), 0
    async for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
        if size > LARGEST:
            raise RuleViolated("import.too_large", f"文件不能超过 {LARGEST >> 20} MB")
        waiting += chunk
        if len(waiting) >= _PIECE:
            pieces.append(vault().seal_bytes(bytes(waiting)))
            waiting.clear()
    if waiting:
        pieces.append(vault().seal_bytes(bytes(waiting)))
    if not size:
        raise RuleViolated("import.empty", "文件是空的")
    return digest.hexdigest(), pieces, size
