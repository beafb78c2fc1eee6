"""Audiences 客群: who belongs to one, worked out in sets, held as bitmaps, frozen for audit."""

from domain.audiences.catalogue import NOTICE, catalogue, contains, which
from domain.audiences.coverage import Breakdown, Contactable, contactable
from domain.audiences.definition import AudienceDefinition
from domain.audiences.erase import erase
from domain.audiences.faults import faults
from domain.audiences.freeze import Snapshot, freeze, snapshot, snapshot_contains, snapshots
from domain.audiences.kind import AUDIENCES
from domain.audiences.members import members
from domain.audiences.preview import Preview, preview
from domain.audiences.queries import Coverage, Overlap, coverage, of_customer, overlap
from domain.audiences.reach import check_may_name, reach_faults, reaches
from domain.audiences.refresh_next import refresh_next
from domain.audiences.take_members import MODES, MembersTaken, Mode, close_members, import_target, take_members

__all__ = [
    "AUDIENCES",
    "MODES",
    "NOTICE",
    "AudienceDefinition",
    "Breakdown",
    "Contactable",
    "Coverage",
    "MembersTaken",
    "Mode",
    "Overlap",
    "Preview",
    "Snapshot",
    "catalogue",
    "check_may_name",
    "close_members",
    "contactable",
    "contains",
    "coverage",
    "erase",
    "faults",
    "freeze",
    "import_target",
    "members",
    "of_customer",
    "overlap",
    "preview",
    "reach_faults",
    "reaches",
    "refresh_next",
    "snapshot",
    "snapshot_contains",
    "snapshots",
    "take_members",
    "which",
]
