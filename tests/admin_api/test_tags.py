"""Tags through the operators' door: coverage and freshness, the tags of one customer, files of values; by branch."""

from typing import Any

import httpx
import msgspec
import pytest

from domain import imports
from domain.approvals import save_draft
from domain.tags import TAGS
from kit import database as db
from tests.admin_api.conftest import SignIn
from tests.domain.coupons.stage import MAKER
from tests.domain.imports.stage import taken
from tests.domain.tags.stage import computed, document, live_tag

ROWS = """INSERT INTO customer (customer_no, name, stage, branch, created_at)
          SELECT coalesce(branch, 'X') || number, '', stage, branch, now()
          FROM (VALUES ('SH', 1, 'payer'), ('SH', 2, 'base'), ('SZ', 1, 'payer'), (NULL, 1, 'payer'))
            AS t (branch, number, stage)"""


@pytest.fixture
async def client(signed_in: SignIn) -> httpx.AsyncClient:
    """Two customers of Shanghai and one of Shenzhen, of whom the tag `stage` is known."""
    await db.execute(ROWS)
    await live_tag("stage", "text", {"field": "stage"}, values=["payer"], name="阶段")
    await computed()
    return await signed_in("maker")


async def read(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_list_tells_coverage_and_freshness(client: httpx.AsyncClient) -> None:
    await live_tag("vip")
    await save_draft(TAGS, "draft", msgspec.convert(document(), TAGS.definition), MAKER)
    [vip, stage] = (await read(client, "/tag-coverage"))["items"]
    assert (vip["tag"], vip["covered"], vip["as_of"], vip["seconds"], vip["fresh"]) == ("vip", 0, None, None, False)
    assert stage["as_of"] is not None
    assert stage["seconds"] > 0
    told = {name: stage[name] for name in ("tag", "name", "department", "type", "source", "covered", "fresh", "paused")}
    assert told == {
        "tag": "stage",
        "name": "阶段",
        "department": "零售金融部",
        "type": "text",
        "source": "field",
        "covered": 3,
        "fresh": True,
        "paused": False,
    }
    first = await read(client, "/tag-coverage?limit=1")
    second = await read(client, f"/tag-coverage?limit=1&cursor={first['next_cursor']}")
    assert [one["tag"] for page in (first, second) for one in page["items"]] == ["vip", "stage"]


async def test_coverage_is_counted_by_branch_and_value(client: httpx.AsyncClient) -> None:
    found = await read(client, "/tags/stage/coverage")
    assert found["branches"] == [
        {"branch": "SH", "customers": 2, "covered": 1},
        {"branch": "SZ", "customers": 1, "covered": 1},
        {"branch": None, "customers": 1, "covered": 1},
    ]
    assert found["values"] == {"payer": 3}


async def test_a_branch_counts_its_own_customers_of_its_own_tags(client: httpx.AsyncClient, signed_in: SignIn) -> None:
    branch = await signed_in("branch-maker")
    assert (await branch.get("/tags/stage/coverage")).status_code == 404
    assert (await read(branch, "/tag-coverage"))["items"] == []
    await db.execute("UPDATE configuration SET branch = 'SH' WHERE code = 'stage'")
    found = await read(branch, "/tags/stage/coverage")
    assert (found["branches"], found["values"]) == ([{"branch": "SH", "customers": 2, "covered": 1}], {"payer": 1})


async def test_what_is_neither_live_nor_paused_has_no_coverage(client: httpx.AsyncClient) -> None:
    assert (await client.get("/tags/nothing/coverage")).status_code == 404
    await db.execute("UPDATE configuration SET state = 'draft', checker_id = NULL WHERE code = 'stage'")
    answer = await client.get("/tags/stage/coverage")
    assert (answer.status_code, answer.json()["code"]) == (404, "tag.not_live")


async def test_a_customer_s_tags_with_value_moment_and_source(client: httpx.AsyncClient, signed_in: SignIn) -> None:
    await live_tag("score", "number")
    await taken("tags", "customer_no,value\nSH1,7\n", "score")
    [score, stage] = (await read(client, "/customers/SH1/tags"))["items"]
    assert {name: score[name] for name in ("tag", "value", "source", "type")} == {
        "tag": "score",
        "value": 7,
        "source": "imported",
        "type": "number",
    }
    assert (stage["value"], stage["source"], stage["name"]) == ("payer", "field", "阶段")
    assert stage["as_of"] >= stage["since"]
    branch = await signed_in("branch-maker")
    assert len((await read(branch, "/customers/SH1/tags"))["items"]) == 2
    assert (await branch.get("/customers/SZ1/tags")).status_code == 404


async def test_a_file_of_values_comes_by_the_door_of_all_files(client: httpx.AsyncClient) -> None:
    await live_tag("vip")
    answer = await client.post("/imports?kind=tags&target=vip&name=v.csv", content=b"customer_no,value\nSH1,true\n")
    assert (answer.status_code, answer.json()["target"]) == (201, "vip"), answer.text
    while await imports.work_next():
        pass
    found = await read(client, f"/imports/{answer.json()['import_id']}")
    assert (found["state"], found["accepted"]) == ("done", 1)
    refused = await client.post("/imports?kind=tags&target=stage&name=v.csv", content=b"customer_no,value\nSH1,true\n")
    assert (refused.status_code, refused.json()["code"]) == (409, "tag.not_imported")
