"""Files of operators, taken in by the worker in sets: customers, voucher codes, events, tags, audiences."""

from domain.imports.cancel import cancel
from domain.imports.faults import RowFault, faults
from domain.imports.file import ImportFile, KindName
from domain.imports.queries import list_, read
from domain.imports.receive import Received, receive
from domain.imports.resume import resume
from domain.imports.states import ImportState
from domain.imports.vault import keep_rows_in
from domain.imports.work_next import work_next

__all__ = [
    "ImportFile",
    "ImportState",
    "KindName",
    "Received",
    "RowFault",
    "cancel",
    "faults",
    "keep_rows_in",
    "list_",
    "read",
    "receive",
    "resume",
    "work_next",
]
