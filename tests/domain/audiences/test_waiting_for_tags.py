"""An audience is worked out of tags as they will be, not as they were."""

from domain import audiences, tags
from domain.audiences import AUDIENCES
from tests.domain.audiences.stage import customer, document, inside, put, worked_out
from tests.domain.coupons.stage import publish
from tests.domain.tags.stage import live_tag
from tests.domain.tasks.time_machine import TimeMachine


async def computed() -> None:
    while await tags.compute_next():
        pass


async def test_it_waits_for_a_tag_that_is_due_and_for_what_that_is_made_of(
    database: str, time_machine: TimeMachine
) -> None:
    one, other = await customer(stage="wealth"), await customer(stage="payer")
    await live_tag("stage", "text", {"field": "stage"}, values=["payer", "wealth"])
    await live_tag("rich", source={"expression": {"tag": "stage", "in": ["wealth"]}})
    await publish(AUDIENCES, "rich", document(rule={"tag": "rich", "is": True}))
    assert await audiences.refresh_next() == 0
    await computed()
    assert await worked_out() == 1
    assert inside("rich", [one, other]) == {one}

    await put(other, stage="wealth")
    time_machine(days=1)
    assert await audiences.refresh_next() == 0
    await computed()
    assert await worked_out() == 1
    assert inside("rich", [one, other]) == {one, other}


async def test_others_go_on_meanwhile(database: str) -> None:
    await live_tag("vip")
    await publish(AUDIENCES, "vip", document(rule={"tag": "vip", "is": True}))
    await publish(AUDIENCES, "payers", document())
    assert await worked_out() == 1
    payer = await customer(stage="payer")
    assert not audiences.contains("vip", payer)
