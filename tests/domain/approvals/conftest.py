"""Operators of head office and of a branch, and a kind of configuration that tells what happens to it."""

from collections.abc import Callable

import msgspec
import pytest

from domain import operators
from domain.approvals import Kind, Version
from domain.operators import HEAD_OFFICE, OperatorIdentity, Role
from kit.database import Connection
from kit.errors import Fault, RuleViolated

Operator = Callable[..., OperatorIdentity]


class Leaflet(msgspec.Struct):
    title: str
    pages: int = 1


class Press:
    """What the kind was told."""

    def __init__(self) -> None:
        self.went_live: list[int] = []
        self.kind = Kind("leaflets", Leaflet, self._check, self._print)

    async def _check(self, code: str, definition: Leaflet) -> None:
        if definition.pages < 1:
            raise RuleViolated("leaflet.empty", "没有内容", [Fault("pages", "leaflet.empty", "at least 1")])

    async def _print(self, connection: Connection, version: Version) -> None:
        await connection.execute("SELECT 1")
        self.went_live.append(version.version)


@pytest.fixture
def press() -> Press:
    return Press()


@pytest.fixture
def leaflets(press: Press) -> Kind:
    return press.kind


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
