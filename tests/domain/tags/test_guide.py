"""What docs/tags.md shows is accepted, and does what it says."""

import json
import re
from pathlib import Path

from domain import events
from domain.tags import TAGS
from kit import database as db
from tests.domain.coupons.stage import publish
from tests.domain.imports.stage import taken
from tests.domain.tags.stage import computed, people, values_of
from tests.domain.tasks.making import purchase
from tests.domain.tasks.time_machine import TimeMachine

GUIDE = (Path(__file__).parents[3] / "docs" / "tags.md").read_text()


async def test_the_tags_of_the_guide_are_computed(database: str, time_machine: TimeMachine) -> None:
    documents = re.findall(r"^`([\w-]+)`, [^\n]*\n\n```json\n(.*?)```", GUIDE, re.MULTILINE | re.DOTALL)
    assert [code for code, _ in documents] == ["spent-90", "score", "drivers"]
    for code, text in documents:
        await publish(TAGS, code, json.loads(text))
    await people("C0000000001", "C0000000002")
    await events.ingest([purchase("C0000000001", 60_000), purchase("C0000000002", 60_000), purchase("C3", 100)])
    [file] = re.findall(r"```csv\n(.*?)```", GUIDE, re.DOTALL)
    assert (await taken("tags", file, "score")).faulty == 0
    await taken("tags", "customer_no,value\nC0000000002,low\n", "score")
    time_machine(seconds=5)
    await computed()
    assert await values_of("spent-90") == {"C0000000001": 60_000, "C0000000002": 60_000, "C3": 100}
    assert await values_of("drivers") == {"C0000000001": True}
    assert await db.fetchval("SELECT covered FROM tag_state WHERE tag = 'score'") == 2
