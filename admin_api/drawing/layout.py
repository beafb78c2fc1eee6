"""Where the boxes of a graph stand: in layers from left to right, ordered so that few arrows cross. Pure."""

import itertools
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

Pair = tuple[str, str]
Vertex = str | tuple[str, str, int]
"""A task, or the place where an arrow passes through a layer between."""
_SWEEPS = 8


@dataclass(frozen=True)
class Layout:
    """`layers` from left to right, each from top to bottom; `heights` are the middles; `ways` lead each pair of tasks
    through the layers between.
    """

    layers: list[list[Vertex]]
    heights: dict[Vertex, float]
    ways: dict[Pair, list[Vertex]]
    layer_of: dict[Vertex, int]


def laid_out(tasks: Sequence[str], pairs: Collection[Pair], spacing: float) -> Layout:
    """Parts that no arrow joins stand one below the other."""
    layout = Layout([[]], {}, {}, {})
    below = 0.0
    for together in _parts(tasks, pairs):
        part = _Part([task for task in tasks if task in together], [p for p in pairs if p[0] in together], spacing)
        for number, layer in enumerate(part.layers):
            if number == len(layout.layers):
                layout.layers.append([])
            layout.layers[number].extend(layer)
        layout.heights.update({vertex: height + below for vertex, height in part.heights.items()})
        layout.ways.update(part.ways)
        layout.layer_of.update(part.layer_of)
        below += max(part.heights.values()) + spacing
    return layout


def _parts(tasks: Sequence[str], pairs: Collection[Pair]) -> list[set[str]]:
    part_of = {task: {task} for task in tasks}
    for source, target in pairs:
        joined = part_of[source] | part_of[target]
        for task in joined:
            part_of[task] = joined
    return list({id(part): part for part in part_of.values()}.values())


class _Part:
    """Tasks that arrows hold together."""

    def __init__(self, tasks: Sequence[str], pairs: Collection[Pair], spacing: float) -> None:
        forward = _without_circles(tasks, pairs)
        rank = _ranks(tasks, forward)
        self.layers: list[list[Vertex]] = [[] for _ in range(max(rank.values(), default=0) + 1)]
        self.ways: dict[Pair, list[Vertex]] = {}
        for task in tasks:
            self.layers[rank[task]].append(task)
        for pair in pairs:
            self.ways[pair] = self._way(pair, rank)
        links = [link for way in self.ways.values() for link in itertools.pairwise(way)]
        self._near: dict[Vertex, list[Vertex]] = defaultdict(list)
        for one, other in links:
            self._near[one].append(other)
            self._near[other].append(one)
        self.layer_of = {vertex: number for number, layer in enumerate(self.layers) for vertex in layer}
        self._order()
        self.heights = self._heights(spacing)

    def _way(self, pair: Pair, rank: Mapping[str, int]) -> list[Vertex]:
        source, target = pair
        step = 1 if rank[target] > rank[source] else -1
        between: list[Vertex] = []
        for number in range(rank[source] + step, rank[target], step):
            passing = (source, target, number)
            self.layers[number].append(passing)
            between.append(passing)
        return [source, *between, target]

    def _order(self) -> None:
        """Each vertex goes where the middle of its neighbours is, sweeping right and left."""
        for sweep in range(_SWEEPS):
            rightwards = sweep % 2 == 0
            numbers = range(1, len(self.layers)) if rightwards else range(len(self.layers) - 2, -1, -1)
            for number in numbers:
                beside = {vertex: at for at, vertex in enumerate(self.layers[number - 1 if rightwards else number + 1])}
                before = {vertex: at for at, vertex in enumerate(self.layers[number])}
                middles = {vertex: self._middle(vertex, beside, before[vertex]) for vertex in before}
                self.layers[number].sort(key=lambda vertex, at=middles: at[vertex])  # type: ignore[misc]

    def _middle(self, vertex: Vertex, at: Mapping[Vertex, float], otherwise: float) -> float:
        found = [at[other] for other in self._near[vertex] if other in at]
        return sum(found) / len(found) if found else otherwise

    def _heights(self, spacing: float) -> dict[Vertex, float]:
        heights: dict[Vertex, float] = {
            vertex: place * spacing for layer in self.layers for place, vertex in enumerate(layer)
        }
        for _ in range(_SWEEPS):
            for layer in (*self.layers, *reversed(self.layers)):
                wanted = [self._middle(vertex, heights, heights[vertex]) for vertex in layer]
                heights.update(zip(layer, _apart(wanted, spacing), strict=True))
        top = min(heights.values(), default=0.0)
        return {vertex: height - top for vertex, height in heights.items()}


def _apart(wanted: Sequence[float], spacing: float) -> list[float]:
    """As near to `wanted` as keeping order and distance allows: pushed down, then moved up by what that added."""
    placed: list[float] = []
    for height in wanted:
        placed.append(height if not placed else max(height, placed[-1] + spacing))
    if not placed:
        return placed
    lift = (sum(placed) - sum(wanted)) / len(placed)
    return [height - lift for height in placed]


def _without_circles(tasks: Sequence[str], pairs: Collection[Pair]) -> dict[str, list[str]]:
    """The pairs that lead forward. What is live has no circle, drafts taken together may."""
    following: dict[str, list[str]] = defaultdict(list)
    for source, target in sorted(pairs):
        following[source].append(target)
    forward: dict[str, list[str]] = {task: [] for task in tasks}
    open_, done = set[str](), set[str]()

    def visit(task: str) -> None:
        open_.add(task)
        for target in following[task]:
            if target in open_:
                continue
            forward[task].append(target)
            if target not in done:
                visit(target)
        open_.remove(task)
        done.add(task)

    for task in tasks:
        if task not in done:
            visit(task)
    return forward


def _ranks(tasks: Sequence[str], forward: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The longest way that leads to each."""
    rank = dict.fromkeys(tasks, 0)
    for _ in tasks:
        moved = False
        for source, targets in forward.items():
            for target in targets:
                if rank[target] <= rank[source]:
                    rank[target], moved = rank[source] + 1, True
        if not moved:
            break
    return rank
