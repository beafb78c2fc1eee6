"""Groups over conditions: parsed from what operators write, every fault with its path."""

from dataclasses import dataclass

from domain import scopes
from domain.scopes import Item, Measure
from domain.tasks.conditions import window
from domain.tasks.conditions.leaf import Leaf
from domain.tasks.conditions.schema import Node
from kit.errors import Fault, RuleViolated

MAX_DEPTH = 5
MAX_CONDITIONS = 50
_LARGEST = {"fen": 10**13, "times": 100_000, "days": 3_660, "merchants": 10_000}


@dataclass(frozen=True)
class Group:
    """Met when at least `need` of `children` are."""

    need: int
    children: tuple["Tree", ...]


Tree = Group | Leaf


def parse(content: Node, path: str = "content") -> tuple[Tree, list[Leaf]]:
    """The tree and its conditions in reading order.

    Raises `RuleViolated` (`task.impossible_content`) with all faults.
    """
    leaves: list[Leaf] = []
    faults: list[Fault] = []
    tree = _node(content, path, 1, leaves, faults)
    if len(leaves) > MAX_CONDITIONS:
        faults.append(Fault(path, "condition.too_many", f"at most {MAX_CONDITIONS} conditions"))
    if faults or tree is None:
        raise RuleViolated("task.impossible_content", "任务条件有误，请按所列路径修改", faults)
    return tree, leaves


def _node(node: Node, path: str, depth: int, leaves: list[Leaf], faults: list[Fault]) -> Tree | None:
    if depth > MAX_DEPTH:
        faults.append(Fault(path, "condition.too_deep", f"at most {MAX_DEPTH} levels"))
        return None
    named = [name for name in ("all", "any", "of", "category") if getattr(node, name) is not None]
    if len(named) != 1:
        faults.append(
            Fault(
                path,
                "condition.unclear",
                'exactly one of "all", "any", "at_least" with "of", or a condition with "category"',
            )
        )
        return None
    if named[0] == "category":
        return _leaf(node, path, leaves, faults)
    return _group(node, named[0], path, depth, leaves, faults)


def _group(node: Node, name: str, path: str, depth: int, leaves: list[Leaf], faults: list[Fault]) -> Tree | None:
    children = getattr(node, name)
    strangers = [f for f in ("item", "where", "is_", "window") if getattr(node, f) is not None]
    if name != "of" and node.at_least is not None:
        strangers.append("at_least")
    faults.extend(
        Fault(f"{path}.{f.rstrip('_')}", "condition.unclear", f"has no place beside {name}") for f in strangers
    )
    if not children:
        faults.append(Fault(f"{path}.{name}", "condition.empty", "at least one condition"))
        return None
    need = {"all": len(children), "any": 1}.get(name, node.at_least or 0)
    if not 1 <= need <= len(children):
        faults.append(Fault(f"{path}.at_least", "condition.impossible", f"a whole number from 1 to {len(children)}"))
    parsed = [_node(child, f"{path}.{name}[{i}]", depth + 1, leaves, faults) for i, child in enumerate(children)]
    return Group(need, tuple(child for child in parsed if child is not None))


def _leaf(node: Node, path: str, leaves: list[Leaf], faults: list[Fault]) -> Leaf | None:
    if node.category not in scopes.CATEGORIES:
        faults.append(Fault(f"{path}.category", "condition.unknown_category", f"one of {', '.join(scopes.CATEGORIES)}"))
        return None
    item = scopes.find(node.category, node.item or "")
    if item is None:
        known = ", ".join(scopes.known_items(node.category))
        faults.append(Fault(f"{path}.item", "condition.unknown_item", f"{node.category} has: {known}"))
        return None
    found = [
        *scopes.faults(node.where or {}, item, f"{path}.where"),
        *window.faults(node.window, f"{path}.window"),
        *_threshold_faults(node, item, path),
    ]
    if not found:
        found = _impossible(node, item, path)
    faults.extend(found)
    if found:
        return None
    where = {key: dict(test) for key, test in (node.where or {}).items()}
    leaf = Leaf(
        index=len(leaves),
        path=path,
        item=item,
        matches=scopes.compile_scope(where),
        mccs=scopes.mccs_of(where),
        where=where,
        window=window.compile_window(node.window or ""),
        asked_window=node.window or "",
        target=1 if item.measure is Measure.STATUS else node.at_least or 1,
        value=node.is_,
    )
    leaves.append(leaf)
    return leaf


def _threshold_faults(node: Node, item: Item, path: str) -> list[Fault]:
    if item.measure is Measure.STATUS:
        if node.at_least is not None:
            return [Fault(f"{path}.at_least", "condition.scope_does_not_fit", 'a status is tested by "is"')]
        if node.is_ is None:
            return [Fault(f"{path}.is", "condition.missing", 'what the status must be, as in "is": true')]
        return []
    if node.is_ is not None:
        return [Fault(f"{path}.is", "condition.scope_does_not_fit", f'{item.name} is tested by "at_least"')]
    if node.at_least is None:
        if item.measure is Measure.SINGLE:
            return []  # any one transaction in scope will do
        return [Fault(f"{path}.at_least", "condition.missing", f"a threshold in {item.unit}")]
    if not 1 <= node.at_least <= _LARGEST[item.unit]:
        return [Fault(f"{path}.at_least", "condition.impossible", f"from 1 to {_LARGEST[item.unit]} {item.unit}")]
    return []


def _impossible(node: Node, item: Item, path: str) -> list[Fault]:
    """Thresholds that nothing in the window or the scope can ever reach."""
    if node.at_least is None:
        return []
    room = window.room_for_days(node.window)
    if item.unit == "days" and room is not None and node.at_least > room:
        return [Fault(f"{path}.at_least", "condition.impossible", f"the window has only {room} days")]
    most = scopes.largest_amount(node.where or {})
    if item.measure is Measure.SINGLE and most is not None and node.at_least > most:
        return [Fault(f"{path}.at_least", "condition.impossible", f"the scope lets no amount above {most} through")]
    return []
