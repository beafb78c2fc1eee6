"""Members are worked out, held, and asked for one by one."""

from domain import audiences
from tests.domain.audiences.stage import audience, customer, inside


async def test_nobody_is_member_of_what_is_not_there(database: str) -> None:
    assert not audiences.contains("nobody", 1)
    assert audiences.which(["nobody"], 1) == frozenset()
    assert [one.code for one in await audiences.faults("visible.audience", ["nobody"])] == ["audience.unknown"]


async def test_members_are_those_the_rule_holds_for(database: str) -> None:
    payer, base = await customer(stage="payer"), await customer()
    await audience("payers", rule={"field": "stage", "in": ["payer"]})
    assert inside("payers", [payer, base]) == {payer}
    assert audiences.which(["payers", "others"], payer) == {"payers"}
    assert await audiences.faults("audience", ["payers"]) == []
