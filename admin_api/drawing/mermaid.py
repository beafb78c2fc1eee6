"""A graph as Mermaid text."""

from domain.tasks import Graph

_STATES = {"live": "", "paused": "（已暂停）", "draft": "（草稿）", "absent": "（不可见）"}


def mermaid(graph: Graph) -> str:
    """A flowchart from left to right; what only a draft says is dashed."""
    names = {node.task: f"t{number}" for number, node in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    for node in graph.nodes:
        text = f"{_escaped(node.name)}{_STATES[node.state]}<br/>{_escaped(node.task)}"
        style = "" if node.state == "live" else f":::{node.state}"
        lines.append(f'    {names[node.task]}["{text}"]{style}')
    for edge in graph.edges:
        arrow = "-.->" if edge.draft else "-->"
        lines.append(f'    {names[edge.source]} {arrow}|"{_escaped(edge.label)}"| {names[edge.target]}')
    lines += [
        "    classDef draft stroke-dasharray: 5 4",
        "    classDef paused opacity: 0.6",
        "    classDef absent opacity: 0.6,stroke-dasharray: 2 3",
    ]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    """Mermaid's own way to write what would end a text or be read as markup."""
    for character in '#"<>&`|':
        text = text.replace(character, f"#{ord(character)};") if character != "#" else text.replace("#", "#35;")
    return text.replace("\n", " ")
