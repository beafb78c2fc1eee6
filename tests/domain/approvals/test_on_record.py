"""Every move of a configuration is on record, once, with who made it; what was refused is not."""

import asyncio

import msgspec
import pytest

from domain import approvals, audit, operators
from domain.approvals import Kind
from domain.operators import HEAD_OFFICE, OperatorIdentity, Role
from kit.errors import Conflict, DomainError, Forbidden
from tests.domain.approvals.conftest import Leaflet


async def submitted(leaflets: Kind, maker: OperatorIdentity) -> str:
    await approvals.save_draft(leaflets, "one", Leaflet("t"), maker)
    return (await approvals.submit(leaflets, "one", maker)).content_hash


async def on_record() -> list[tuple[str, str]]:
    found = await audit.list_(None, audit.Filter(subject="leaflets/one"), None, 50)
    return [(one.action.removeprefix("configuration."), one.operator) for one in reversed(found)]


async def test_every_move_names_who_made_it_and_of_what(
    leaflets: Kind, maker: OperatorIdentity, checker: OperatorIdentity
) -> None:
    content_hash = await submitted(leaflets, maker)
    await approvals.reject(leaflets, "one", checker, "再改改")
    await approvals.submit(leaflets, "one", maker)
    await approvals.approve(leaflets, "one", checker, content_hash)
    await approvals.pause(leaflets, "one", maker)
    assert await on_record() == [
        ("write", "maker"),
        ("submit", "maker"),
        ("reject", "checker"),
        ("submit", "maker"),
        ("approve", "checker"),
        ("pause", "maker"),
    ]
    [rejected] = await audit.list_(None, audit.Filter(action="configuration.reject"), None, 10)
    detail = msgspec.json.decode(rejected.detail)
    assert (detail["reason"], detail["content_hash"], detail["version"]) == ("再改改", content_hash, 1)
    assert (await audit.verify()).breaks == []


async def test_an_approval_that_is_replayed_is_refused(
    leaflets: Kind, maker: OperatorIdentity, checker: OperatorIdentity
) -> None:
    content_hash = await submitted(leaflets, maker)
    await approvals.approve(leaflets, "one", checker, content_hash)
    for _ in range(2):
        with pytest.raises(Conflict, match="configuration.wrong_state"):
            await approvals.approve(leaflets, "one", checker, content_hash)
    # Nor does it approve the next version, which is another content.
    await approvals.save_draft(leaflets, "one", Leaflet("other"), maker)
    await approvals.submit(leaflets, "one", maker)
    with pytest.raises(Conflict, match="approval.content_changed"):
        await approvals.approve(leaflets, "one", checker, content_hash)
    assert [act for act, _ in await on_record()] == ["write", "submit", "approve", "write", "submit"]


async def test_of_two_checkers_at_once_one_is_on_record(
    leaflets: Kind, maker: OperatorIdentity, checker: OperatorIdentity, second_checker: OperatorIdentity
) -> None:
    await submitted(leaflets, maker)
    outcomes = await asyncio.gather(
        *(approvals.approve(leaflets, "one", who) for who in (checker, second_checker)), return_exceptions=True
    )
    assert [one.code for one in outcomes if isinstance(one, DomainError)] == ["configuration.wrong_state"]
    assert [act for act, _ in await on_record()].count("approve") == 1


async def test_a_maker_who_became_a_checker_is_still_the_maker(leaflets: Kind, maker: OperatorIdentity) -> None:
    await submitted(leaflets, maker)
    administrator = await operators.ensure("admin", "管理员", "an-admin-password", [Role.ADMINISTRATOR], HEAD_OFFICE)
    await operators.change(administrator, "maker", roles=[Role.CHECKER])
    opened = await operators.sign_in("maker", "maker-password", 8)
    same_person = await operators.load_session(opened.session_id)
    assert same_person is not None
    assert same_person.roles == {"checker"}
    with pytest.raises(Forbidden, match="approval.maker_is_checker"):
        await approvals.approve(leaflets, "one", same_person)
    assert [act for act, _ in await on_record()] == ["write", "submit"]
