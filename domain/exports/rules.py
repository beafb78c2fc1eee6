"""What is approved, and what stands above every list. Pure."""

import hashlib

import msgspec

from domain.exports.definition import ExportRequest
from domain.exports.states import ExportState
from kit.errors import Conflict, Fault, NotFound


def content_hash(asked: ExportRequest) -> str:
    """SHA-256 in hex of exactly this request."""
    return hashlib.sha256(msgspec.json.encode(asked, order="deterministic")).hexdigest()


def faults_of(asked: ExportRequest) -> list[Fault]:
    """What is wrong with a request, each with its path."""
    faults = [
        Fault(path, "export.impossible_day", "a day of this century")
        for path, day in (("from", asked.since), ("until", asked.until))
        if day is not None and not 2000 <= day.year < 2100
    ]
    if asked.since and asked.until and asked.since > asked.until:
        faults.append(Fault("until", "export.impossible_day", "not before `from`"))
    return faults


def mark_lines(export_id: int, maker: str, checker: str, moment: str, reason: str) -> list[str]:
    """The watermark: whose list this is, of when, and what for."""
    return [
        f"导出编号 {export_id}，申请人 {maker}，复核人 {checker}，生成时间 {moment}",
        f"用途：{reason}。仅限本用途，不得外传",
    ]


def not_found() -> NotFound:
    """The refusal where there is nothing, or nothing of this operator's."""
    return NotFound("export.not_found", "没有这次导出")


def wrong_state(state: ExportState) -> Conflict:
    """The refusal where a move does not fit the state."""
    return Conflict("export.wrong_state", "当前状态不允许此操作", details={"state": state})
