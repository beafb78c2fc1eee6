"""Audiences 客群: who belongs to one, worked out in sets, held as bitmaps, frozen for audit."""

from domain.audiences.catalogue import NOTICE, catalogue, contains, which
from domain.audiences.faults import faults
from domain.audiences.kind import AUDIENCES
from domain.audiences.members import members, next_members
from domain.audiences.reach import reach_faults, reaches

__all__ = ["AUDIENCES", "NOTICE", "catalogue", "contains", "faults", "members", "next_members", "reach_faults", "reaches", "which"]
