"""Operators of head office and of a branch, and a kind of configuration that tells what happens to it."""

import msgspec
import pytest

from domain import operators
from domain.approvals import Kind, Version
from domain.operators import HEAD_OFFICE, OperatorIdentity, Role
from kit import database as db
from kit.database import Connection
from kit.errors import Fault, RuleViolated
from tests.domain.tasks.time_machine import time_machine

__all__ = ["time_machine"]


class Leaflet(msgspec.Struct):
    title: str
    pages: int = 1


@pytest.fixture
def went_live() -> list[int]:
    """The versions the kind was told of."""
    return []


@pytest.fixture
def leaflets(went_live: list[int]) -> Kind:
    async def check(code: str, definition: Leaflet) -> None:
        # As checks of references do, also inside the submitting transaction.
        fewest = await db.fetchval("SELECT 1")
        if definition.pages < fewest:
            raise RuleViolated("leaflet.empty", "没有内容", [Fault("pages", "leaflet.empty", "at least 1")])

    async def print_it(connection: Connection, version: Version) -> None:
        went_live.append(version.version)

    return Kind("leaflets", Leaflet, check, print_it)


@pytest.fixture
async def maker(database: str) -> OperatorIdentity:
    return await operators.ensure("maker", "经办", "maker-password", [Role.MAKER], HEAD_OFFICE)


@pytest.fixture
async def checker(database: str) -> OperatorIdentity:
    return await operators.ensure("checker", "复核", "checker-password", [Role.CHECKER], HEAD_OFFICE)


@pytest.fixture
async def second_checker(database: str) -> OperatorIdentity:
    return await operators.ensure("checker-2", "复核", "checker-password", [Role.CHECKER], HEAD_OFFICE)


@pytest.fixture
async def both(database: str) -> OperatorIdentity:
    return await operators.ensure("both", "兼任", "both-password", [Role.MAKER, Role.CHECKER], HEAD_OFFICE)


@pytest.fixture
async def branch_maker(database: str) -> OperatorIdentity:
    return await operators.ensure("branch-maker", "分行经办", "maker-password", [Role.MAKER], "SH")
