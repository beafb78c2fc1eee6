"""Chains and pools drawn, over HTTP: as JSON, as Mermaid and as SVG."""

import itertools
import re
from xml.etree import ElementTree

import httpx
import pytest

from admin_api.drawing import mermaid, svg
from admin_api.drawing.layout import laid_out
from domain.tasks import Edge, Graph, Node
from tests.admin_api.conftest import SignIn
from tests.domain.tasks.following import chain, offer, pool, step

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
async def maker(signed_in: SignIn) -> httpx.AsyncClient:
    """Head office's maker, with a chain and a pool."""
    await step("c", name="超市<月月>享")
    await step("b", follow_ups=chain("c"), name="加油满300元")
    await step("a", follow_ups=pool(offer("b", stage="payer"), offer("c")), name="首笔消费")
    return await signed_in("maker")


async def test_nodes_and_edges_with_their_words(maker: httpx.AsyncClient) -> None:
    answer = await maker.get("/tasks/b/graph")
    assert answer.json()["nodes"][0] == {"task": "a", "name": "首笔消费", "state": "live"}
    assert answer.json()["edges"][0] == {
        "from": "a",
        "to": "b",
        "mode": "pool",
        "claim": "offer",
        "label": "1. 阶段 支付：推荐",
        "message": None,
        "draft": False,
    }
    whole = await maker.get("/task-graph")
    assert whole.json() == answer.json()


async def test_mermaid_is_plain_text(maker: httpx.AsyncClient) -> None:
    answer = await maker.get("/tasks/a/graph", params={"format": "mermaid"})
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines()[:2] == ["flowchart LR", '    t0["首笔消费<br/>a"]']
    assert '    t1 -->|"自动领取"| t2' in answer.text
    assert "超市#60;月月#62;享" in answer.text


async def test_svg_is_a_picture_with_every_name_and_nothing_from_elsewhere(maker: httpx.AsyncClient) -> None:
    answer = await maker.get("/task-graph", params={"format": "svg"})
    assert answer.headers["content-type"] == "image/svg+xml"
    picture = ElementTree.fromstring(answer.text)
    texts = {text.text for text in picture.iter(f"{SVG}text")}
    assert {"首笔消费", "加油满300元", "超市<月月>享", "1. 阶段 支付：推荐", "自动领取"} <= texts
    assert len([path for path in picture.iter(f"{SVG}path") if "marker-end" in path.attrib]) == 3
    assert set(re.findall(r"https?://[^\"]+", answer.text)) == {"http://www.w3.org/2000/svg"}


async def test_a_task_of_another_branch_is_not_there_and_other_words_are_refused(
    maker: httpx.AsyncClient, signed_in: SignIn, anonymous: httpx.AsyncClient
) -> None:
    branch = await signed_in("branch-maker")
    assert (await branch.get("/tasks/b/graph")).status_code == 404
    assert (await branch.get("/task-graph")).json() == {"nodes": [], "edges": []}
    assert (await maker.get("/tasks/nothing/graph")).status_code == 404
    assert (await maker.get("/tasks/b/graph", params={"format": "png"})).status_code == 400
    assert (await anonymous.get("/task-graph")).status_code == 401


def edge(source: str, target: str, draft: bool = False) -> Edge:
    return Edge(source, target, "pool", "offer", "推荐", None, draft)


def test_what_only_drafts_say_is_dashed_also_where_they_make_a_circle() -> None:
    nodes = [Node("a", "甲", "live"), Node("b", "乙", "draft"), Node("c", "丙", "absent")]
    graph = Graph(nodes, [edge("a", "b", True), edge("b", "a", True), edge("a", "c")])
    dashed = [
        path for path in ElementTree.fromstring(svg(graph, "图")).iter(f"{SVG}path") if "marker-end" in path.attrib
    ]
    assert ["stroke-dasharray" in path.attrib for path in dashed] == [True, True, False]
    assert mermaid(graph).count("-.->") == 2
    assert '    t1["乙（草稿）<br/>b"]:::draft' in mermaid(graph)


def test_every_arrow_leads_to_a_later_layer_and_boxes_keep_their_distance() -> None:
    tasks = [f"t{number}" for number in range(12)]
    pairs = [(f"t{one}", f"t{other}") for one in range(12) for other in range(one + 1, 12, 3)]
    layout = laid_out(tasks, pairs, 80.0)
    assert all(layout.layer_of[source] < layout.layer_of[target] for source, target in pairs)
    assert all(
        len(way) == layout.layer_of[target] - layout.layer_of[source] + 1
        for (source, target), way in layout.ways.items()
    )
    for layer in layout.layers:
        heights = [layout.heights[vertex] for vertex in layer]
        assert all(below - above > 79.9 for above, below in itertools.pairwise(heights))


def test_what_no_arrow_joins_stands_below_and_never_among_the_rest() -> None:
    layout = laid_out(["a", "b", "c", "x", "y"], [("a", "b"), ("a", "c"), ("x", "y")], 80.0)
    assert layout.layers == [["a", "x"], ["b", "c", "y"]]
    assert max(layout.heights[task] for task in "abc") + 80 == layout.heights["x"] == layout.heights["y"]


def test_a_graph_of_nothing_is_still_a_picture() -> None:
    assert ElementTree.fromstring(svg(Graph([], []), "空")).tag == f"{SVG}svg"
    assert mermaid(Graph([], [])).startswith("flowchart LR\n")
