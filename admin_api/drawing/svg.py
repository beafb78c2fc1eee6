"""A graph as SVG: boxes in layers, arrows with their rules, text in the reader's own fonts."""

import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from html import escape

from admin_api.drawing.layout import Pair, Vertex, laid_out
from domain.tasks import Edge, Graph, Node

_MARGIN, _BOX_HEIGHT, _LINE = 28.0, 58.0, 17.0
_NAME, _SMALL = 14.0, 11.0
_WIDEST, _NARROWEST = 260.0, 150.0
_WRAP = 190.0
_COLOURS = {("chain", "automatic"): "#0b7a53", ("pool", "automatic"): "#1f5fae", ("pool", "offer"): "#a15c00"}
_BOXES = {"live": ("#ffffff", "#0b7a53"), "paused": ("#f3f4f6", "#6b7280"), "draft": ("#ffffff", "#6b7280")}
_STATES = {"live": "", "paused": "已暂停", "draft": "草稿", "absent": "不可见"}
_LEGEND = (
    ("chain", "automatic", "任务链"),
    ("pool", "automatic", "任务池 · 自动领取"),
    ("pool", "offer", "任务池 · 推荐"),
)


def svg(graph: Graph, title: str) -> str:
    """A picture of its own size, on white; what only a draft says is dashed."""
    picture = _Picture(graph)
    body = [*picture.arrows(), *picture.boxes(), *picture.labels(), *_legend(picture.height)]
    width, height = max(picture.width, 520.0), picture.height + 34
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}"'
            f' viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(title)}"'
            " font-family=\"'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif\">",
            f"<title>{escape(title)}</title>",
            "<defs>",
            *(_head(colour) for colour in _COLOURS.values()),
            "</defs>",
            '<rect width="100%" height="100%" fill="#ffffff"/>',
            *body,
            "</svg>\n",
        ]
    )


@dataclass
class _Label:
    """The rules of one arrow, where it stands."""

    x: float
    y: float
    lines: list[str]
    colour: str

    @property
    def height(self) -> float:
        return len(self.lines) * _LINE + 4


@dataclass
class _Picture:
    graph: Graph
    rules: dict[Pair, list[Edge]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for edge in self.graph.edges:
            self.rules[edge.source, edge.target].append(edge)
        self.texts = {
            pair: [line for one in edges for line in _wrapped(one.label)] for pair, edges in self.rules.items()
        }
        most_lines = max((len(lines) for lines in self.texts.values()), default=1)
        spacing = max(_BOX_HEIGHT + 26, most_lines * _LINE + 26)
        self.layout = laid_out([node.task for node in self.graph.nodes], list(self.rules), spacing)
        needed = [max(_width(n.name, _NAME), _width(_under(n), _SMALL)) + 28 for n in self.graph.nodes]
        self.box = min(_WIDEST, max([_NARROWEST, *needed]))
        self.lefts = self._columns()
        self.width = self.lefts[-1] + self.box + _MARGIN
        self.height = 2 * _MARGIN + _BOX_HEIGHT + max(self.layout.heights.values(), default=0.0)

    def _columns(self) -> list[float]:
        """Where each layer begins: as far from the one before as the rules between them are wide."""
        widest = [0.0] * len(self.layout.layers)
        for pair, lines in self.texts.items():
            layer = max(self._ends(pair))
            widest[layer] = max(widest[layer], *(_width(line, _SMALL) for line in lines))
        lefts = [_MARGIN]
        for room in widest[1:]:
            lefts.append(lefts[-1] + self.box + max(room, 40.0) + 76)
        return lefts

    def _ends(self, pair: Pair) -> tuple[int, int]:
        """The layers of the last stretch of an arrow, where its rules stand."""
        before, target = self.layout.ways[pair][-2:]
        return self.layout.layer_of[before], self.layout.layer_of[target]

    def _left(self, vertex: Vertex) -> float:
        return self.lefts[self.layout.layer_of[vertex]]

    def _middle(self, vertex: Vertex) -> float:
        return _MARGIN + _BOX_HEIGHT / 2 + self.layout.heights[vertex]

    def boxes(self) -> list[str]:
        """Name, code and state of each task."""
        return [line for node in self.graph.nodes for line in self._box(node)]

    def _box(self, node: Node) -> list[str]:
        x, y = self._left(node.task), self._middle(node.task) - _BOX_HEIGHT / 2
        fill, stroke = _BOXES.get(node.state, _BOXES["paused"])
        dashes = "" if node.state in ("live", "paused") else ' stroke-dasharray="5 4"'
        middle = x + self.box / 2
        name, under = _cut(node.name, _NAME, self.box - 20), _cut(_under(node), _SMALL, self.box - 20)
        return [
            f"<g><title>{escape(node.name)}（{escape(node.task)}）</title>"
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{self.box:.1f}" height="{_BOX_HEIGHT}" rx="10" fill="{fill}"'
            f' stroke="{stroke}" stroke-width="1.6"{dashes}/>',
            f'<text x="{middle:.1f}" y="{y + 25:.1f}" text-anchor="middle" font-size="{_NAME}" font-weight="600"'
            f' fill="#111827">{escape(name)}</text>',
            f'<text x="{middle:.1f}" y="{y + 44:.1f}" text-anchor="middle" font-size="{_SMALL}"'
            f' fill="#4b5563">{escape(under)}</text></g>',
        ]

    def arrows(self) -> list[str]:
        """One for each pair of tasks, in the colour of its first rule; dashed when only a draft says so."""
        return [self._arrow(pair, edges) for pair, edges in self.rules.items()]

    def _arrow(self, pair: Pair, edges: list[Edge]) -> str:
        way = self.layout.ways[pair]
        backwards = self.layout.layer_of[pair[1]] <= self.layout.layer_of[pair[0]]
        leaves, arrives = (0.0, self.box) if backwards else (self.box, 0.0)
        x, y = self._left(way[0]) + leaves, self._middle(way[0])
        drawn = [f"M{x:.1f} {y:.1f}"]
        for vertex in way[1:]:
            last = vertex == way[-1]
            gap = 7.0 if backwards else -7.0
            to_x = self._left(vertex) + (arrives + gap if last else arrives)
            to_y = self._middle(vertex)
            bend = (x + to_x) / 2
            drawn.append(f"C{bend:.1f} {y:.1f} {bend:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}")
            x, y = to_x, to_y
            if not last:
                x = self._left(vertex) + leaves
                drawn.append(f"L{x:.1f} {y:.1f}")
        colour = _colour(edges[0])
        dashes = ' stroke-dasharray="5 4"' if all(edge.draft for edge in edges) else ""
        head = f"url(#head-{colour[1:]})"
        return (
            f'<path d="{"".join(drawn)}" fill="none" stroke="{colour}" stroke-width="1.6"{dashes} marker-end="{head}"/>'
        )

    def labels(self) -> list[str]:
        """The rules beside the ends of their arrows, moved apart where they would meet."""
        by_gap: dict[int, list[_Label]] = defaultdict(list)
        for pair, edges in self.rules.items():
            by_gap[max(self._ends(pair))].append(self._label(pair, edges))
        return [line for labels in by_gap.values() for label in _spread(labels) for line in _written(label)]

    def _label(self, pair: Pair, edges: list[Edge]) -> _Label:
        way = self.layout.ways[pair]
        before, target = way[-2], way[-1]
        forwards = self.layout.layer_of[before] < self.layout.layer_of[target]
        begin = self._left(before) + (self.box if forwards else 0)
        end = self._left(target) + (0 if forwards else self.box)
        # The middle of the arrow's last curve, whose ends are level.
        y = (self._middle(before) + self._middle(target)) / 2
        return _Label((begin + end) / 2, y, self.texts[pair], _colour(edges[0]))


def _spread(labels: list[_Label]) -> list[_Label]:
    ordered = sorted(labels, key=lambda label: label.y)
    for above, below in itertools.pairwise(ordered):
        apart = (above.height + below.height) / 2 + 2
        below.y = max(below.y, above.y + apart)
    return ordered


def _written(label: _Label) -> list[str]:
    width = max(_width(line, _SMALL) for line in label.lines) + 10
    top = label.y - label.height / 2
    rows = [
        f'<text x="{label.x:.1f}" y="{top + 13.5 + number * _LINE:.1f}" text-anchor="middle" font-size="{_SMALL}"'
        f' fill="{label.colour}">{escape(line)}</text>'
        for number, line in enumerate(label.lines)
    ]
    back = (
        f'<rect x="{label.x - width / 2:.1f}" y="{top:.1f}" width="{width:.1f}" height="{label.height:.1f}" rx="4"'
        ' fill="#ffffff" fill-opacity="0.92"/>'
    )
    return [back, *rows]


def _legend(top: float) -> list[str]:
    drawn: list[str] = []
    x = _MARGIN
    for mode, claim, text in _LEGEND:
        colour = _COLOURS[mode, claim]
        drawn.append(
            f'<path d="M{x:.1f} {top + 10:.1f}h24" stroke="{colour}" stroke-width="1.6"/>'
            f'<text x="{x + 30:.1f}" y="{top + 14:.1f}" font-size="{_SMALL}" fill="#4b5563">{text}</text>'
        )
        x += 30 + _width(text, _SMALL) + 22
    drawn.append(
        f'<path d="M{x:.1f} {top + 10:.1f}h24" stroke="#6b7280" stroke-width="1.6" stroke-dasharray="5 4"/>'
        f'<text x="{x + 30:.1f}" y="{top + 14:.1f}" font-size="{_SMALL}" fill="#4b5563">草稿</text>'
    )
    return drawn


def _head(colour: str) -> str:
    return (
        f'<marker id="head-{colour[1:]}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"'
        f' orient="auto"><path d="M0 0L8 4L0 8z" fill="{colour}"/></marker>'
    )


def _colour(edge: Edge) -> str:
    return _COLOURS[edge.mode, edge.claim]


def _under(node: Node) -> str:
    return f"{node.task} · {_STATES[node.state]}" if _STATES[node.state] else node.task


def _width(text: str, size: float) -> float:
    """Wide enough in any of the fonts: a Chinese character is as wide as high, a Latin one about 0.6."""
    return sum(size if ord(character) > 0x2E7F else size * 0.6 for character in text)


def _cut(text: str, size: float, room: float) -> str:
    if _width(text, size) <= room:
        return text
    while text and _width(text + "…", size) > room:
        text = text[:-1]
    return text + "…"


def _wrapped(text: str) -> list[str]:
    """Lines of bounded width, broken at the dots between the terms."""
    lines: list[str] = []
    for part in text.split(" · "):
        if lines and _width(f"{lines[-1]} · {part}", _SMALL) <= _WRAP:
            lines[-1] = f"{lines[-1]} · {part}"
        else:
            lines.append(part)
    return lines
