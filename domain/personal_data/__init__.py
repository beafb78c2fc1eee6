"""What a customer may ask of us about their data: all of it in a file, or that it be forgotten."""

from domain.personal_data.cancel_deletion import cancel_deletion
from domain.personal_data.deletions import COOLING_OFF, Deletion, Loss, Prospect, deletion_of
from domain.personal_data.drop_exports import drop_exports
from domain.personal_data.erase_due import erase_due
from domain.personal_data.exports import Export, export_file, exports_of, keep_exports_in
from domain.personal_data.make_exports import make_exports
from domain.personal_data.request_deletion import request_deletion
from domain.personal_data.request_export import request_export

__all__ = [
    "COOLING_OFF",
    "Deletion",
    "Export",
    "Loss",
    "Prospect",
    "cancel_deletion",
    "deletion_of",
    "drop_exports",
    "erase_due",
    "export_file",
    "exports_of",
    "keep_exports_in",
    "make_exports",
    "request_deletion",
    "request_export",
]
