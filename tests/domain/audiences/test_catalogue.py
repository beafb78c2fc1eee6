from domain import audiences


async def test_nobody_is_member_of_what_is_not_there(database: str) -> None:
    assert not audiences.contains("nobody", 1)
    assert audiences.which(["nobody"], 1) == frozenset()
    assert [one.code for one in await audiences.faults("visible.audience", ["nobody"])] == ["audience.unknown"]
