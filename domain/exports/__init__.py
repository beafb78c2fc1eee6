"""Lists of customers' things as files: asked for with a reason, approved by another person, gone after a week."""

from domain.exports.approve import approve
from domain.exports.definition import ExportRequest
from domain.exports.download import Download, download
from domain.exports.expire import expire
from domain.exports.export import Export
from domain.exports.make import Made, make
from domain.exports.produce_next import produce_next
from domain.exports.queries import list_, read
from domain.exports.reject import reject
from domain.exports.states import ExportState
from domain.exports.vault import keep_files_in
from domain.exports.waiting import WAITING

__all__ = [
    "WAITING",
    "Download",
    "Export",
    "ExportRequest",
    "ExportState",
    "Made",
    "approve",
    "download",
    "expire",
    "keep_files_in",
    "list_",
    "make",
    "produce_next",
    "read",
    "reject",
]
