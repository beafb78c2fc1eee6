"""What is approved, and what stands above every list. Pure."""

import hashlib
from collections.abc import Iterator, Sequence

import msgspec

from domain.exports.definition import CustomerFilter, ExportRequest
from domain.exports.states import ExportState
from kit.errors import Conflict, Fault, NotFound


def content_hash(asked: ExportRequest) -> str:
    """SHA-256 in hex of exactly this request."""
    return hashlib.sha256(msgspec.json.encode(asked, order="deterministic")).hexdigest()


def faults_of(asked: ExportRequest, within: Sequence[str] | None) -> list[Fault]:
    """What is wrong with a request of an operator of these branches (None: all), each with its path."""
    faults = [
        Fault(path, "export.impossible_day", "a day of this century")
        for path, day in (("from", asked.since), ("until", asked.until))
        if day is not None and not 2000 <= day.year < 2100
    ]
    if asked.since and asked.until and asked.since > asked.until:
        faults.append(Fault("until", "export.impossible_day", "not before `from`"))
    return [*faults, *_filter_faults(asked, within)]


def _filter_faults(asked: ExportRequest, within: Sequence[str] | None) -> Iterator[Fault]:
    """Each list has its own way to be narrowed."""
    narrowed = {"customers": asked.customers, "audit": asked.audit}
    for name, given in narrowed.items():
        if given is not msgspec.UNSET and asked.list != name:
            yield Fault(name, "export.other_list", f"narrows the list {name} only")
    if asked.code is not None and asked.list in narrowed:
        yield Fault("code", "export.other_list", f"the list {asked.list} is narrowed by `{asked.list}`")
    if isinstance(asked.customers, CustomerFilter) and within is not None:
        for place, named in enumerate(asked.customers.branches):
            if named not in within:
                yield Fault(
                    f"customers.branches[{place}]", "export.foreign_branch", f"customers of {', '.join(within)} only"
                )


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
