"""Operators make something good: asked for by a maker, granted once after a checker's approval, within ceilings."""

from domain.compensations.approve import approve
from domain.compensations.approve_budget import approve_budget
from domain.compensations.compensation import Compensation, CompensationState
from domain.compensations.definition import CompensationLimits, CompensationRequest
from domain.compensations.kind import COMPENSATION_LIMITS
from domain.compensations.make import Made, make
from domain.compensations.queries import list_, read
from domain.compensations.reject import reject
from domain.compensations.waiting import WAITING

__all__ = [
    "COMPENSATION_LIMITS",
    "WAITING",
    "Compensation",
    "CompensationLimits",
    "CompensationRequest",
    "CompensationState",
    "Made",
    "approve",
    "approve_budget",
    "list_",
    "make",
    "read",
    "reject",
]
