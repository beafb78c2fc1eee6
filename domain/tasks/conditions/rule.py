"""How the conditions of a task belong together, in the customer's words."""

from domain.tasks.conditions.tree import Group, Tree


def rule_of(tree: Tree) -> str:
    """For instance `以下任意 2 项`; where groups stand in groups, with the numbers of the conditions in reading order:
    `第1项，且（第2项，或第3项）`. Empty for a single condition.
    """
    if not isinstance(tree, Group) or _size(tree) == 1:
        return ""
    if any(isinstance(child, Group) for child in tree.children):
        return _said(tree)
    return "以下全部完成" if tree.need == len(tree.children) else f"以下任意 {tree.need} 项"


def _size(tree: Tree) -> int:
    return sum(_size(child) for child in tree.children) if isinstance(tree, Group) else 1


def _said(tree: Tree) -> str:
    if not isinstance(tree, Group):
        return f"第{tree.index + 1}项"
    if len(tree.children) == 1:
        return _said(tree.children[0])
    parts = [_inside(child) for child in tree.children]
    if tree.need == len(parts):
        return "，且".join(parts)
    if tree.need == 1:
        return "，或".join(parts)
    return f"{'、'.join(parts)}中任意 {tree.need} 项"


def _inside(child: Tree) -> str:
    return f"（{_said(child)}）" if _size(child) > 1 else _said(child)
