"""Chains and pools as a picture."""

from typing import Literal

import msgspec
from sanic import HTTPResponse, Request

from admin_api.drawing import mermaid, svg
from admin_api.guard import Scope, access
from domain import tasks
from domain.operators import OperatorIdentity
from domain.tasks import Graph
from kit.http import Routes

_MEDIA = {"mermaid": "text/plain; charset=utf-8", "svg": "image/svg+xml"}


class GraphFormat(msgspec.Struct, forbid_unknown_fields=True):
    """`json`: nodes and edges; `mermaid`: text; `svg`: a picture."""

    format: Literal["json", "mermaid", "svg"] = "json"


class GraphNode(msgspec.Struct):
    """A task. `draft` has never been live; of an `absent` one (ended, or another branch's) only the code is told."""

    task: str
    name: str
    state: Literal["live", "paused", "draft", "absent"]


class GraphEdge(msgspec.Struct):
    """Completing `from` may push `to`; `label` says the rule in words. `draft`: only one in the making says it."""

    from_: str = msgspec.field(name="from")
    to: str
    mode: Literal["chain", "pool"]
    claim: Literal["automatic", "offer"]
    label: str
    message: str | None
    draft: bool


class TaskGraph(msgspec.Struct):
    """Tasks by code, and the rules between them."""

    nodes: list[GraphNode]
    edges: list[GraphEdge]


async def get_task_graph(
    request: Request, code: str, query: GraphFormat, subject: OperatorIdentity
) -> TaskGraph | HTTPResponse:
    """The chains and pools a task is part of.

    All that leads to it and all it leads to, live, paused or in the making.
    """
    return _answer(await tasks.graph(subject, code), query, f"任务 {code} 的任务链与任务池")


async def get_whole_task_graph(
    request: Request, query: GraphFormat, subject: OperatorIdentity
) -> TaskGraph | HTTPResponse:
    """Every chain and pool of the operator's branch; head office sees all."""
    return _answer(await tasks.graph(subject), query, "全部任务链与任务池")


def _answer(graph: Graph, query: GraphFormat, title: str) -> TaskGraph | HTTPResponse:
    if query.format == "json":
        nodes = [GraphNode(node.task, node.name, node.state) for node in graph.nodes]
        edges = [
            GraphEdge(
                from_=edge.source,
                to=edge.target,
                mode=edge.mode,
                claim=edge.claim,
                label=edge.label,
                message=edge.message,
                draft=edge.draft,
            )
            for edge in graph.edges
        ]
        return TaskGraph(nodes, edges)
    drawn = mermaid(graph) if query.format == "mermaid" else svg(graph, title)
    return HTTPResponse(drawn, headers={"Cache-Control": "no-store"}, content_type=_MEDIA[query.format])


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    pictures = ("text/plain", "image/svg+xml")
    room.route("GET", "/tasks/{code}/graph", tag="tasks", errors=(404,), pictures=pictures, access=access(Scope.ONE))(
        get_task_graph
    )
    room.route("GET", "/task-graph", tag="tasks", pictures=pictures, access=access(Scope.ROWS))(get_whole_task_graph)
