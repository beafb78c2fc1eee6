"""Every invariant of tags notices when it is broken."""

import pytest

from domain.reconciliation.tag_invariants import TAGS
from kit import database as db
from tests.domain.tags.stage import computed, live_tag, people

BROKEN = {
    "tag.value_fits_the_tag": "UPDATE tag_value SET text = 'payer' WHERE tag = 'stage'",
    "tag.covered_are_counted": "UPDATE tag_state SET covered = 0",
    "tag.nothing_of_who_is_erased": "UPDATE customer SET erased_at = now()",
    "tag.circle": """UPDATE configuration SET body = jsonb_set(body, '{source,expression,not,tag}', '"plain"')
                     WHERE code = 'plain'""",
}


def test_every_one_is_tried() -> None:
    assert BROKEN.keys() == {one.name for one in TAGS}


@pytest.mark.parametrize("name", BROKEN)
async def test_what_breaks_it_is_found(database: str, name: str) -> None:
    await people("C1")
    await live_tag("stage", "text", {"field": "stage"}, values=["base"])
    await live_tag("plain", source={"expression": {"not": {"tag": "stage", "exists": False}}})
    await computed()
    assert not [one.name for one in TAGS if await db.fetch(one.sql)]
    await db.execute(BROKEN[name])
    assert name in [one.name for one in TAGS if await db.fetch(one.sql)]
