"""Bodies of WeChat's callbacks, XML or JSON, as plain objects: no entities, no depth, no size to fear."""

import json
from typing import Any
from xml.parsers import expat

LARGEST = 64 * 1024
_DEEPEST = 8


class Unreadable(Exception):
    """Neither the XML nor the JSON WeChat sends."""


def read(body: bytes | str) -> dict[str, Any]:
    """The object in `body`: an XML element's children by name, several of the same name as a list, or a JSON object.

    Raises `Unreadable`, also for what is too large or too deep, and for XML with a document type.
    """
    content = body.encode() if isinstance(body, str) else body
    if len(content) > LARGEST:
        raise Unreadable("too large")
    found = _json(content) if content.lstrip().startswith(b"{") else _xml(content)
    if not isinstance(found, dict):
        raise Unreadable("not an object")
    return found


def items(content: dict[str, Any], wrapper: str) -> list[dict[str, Any]]:
    """What stands in `List`: in XML inside `wrapper`, in JSON directly; one object where there is one, else a list."""
    inner = content.get(wrapper, content)
    found = inner.get("List") if isinstance(inner, dict) else inner
    several = found if isinstance(found, list) else [found]
    return [one for one in several if isinstance(one, dict)]


def text(content: dict[str, Any], name: str) -> str:
    """A field as text; JSON has numbers where XML has digits. Empty where it is absent or no text."""
    value = content.get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _json(content: bytes) -> Any:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise Unreadable("no JSON") from None
    _bound(found, 0)
    return found


def _bound(value: Any, depth: int) -> None:
    if depth > _DEEPEST:
        raise Unreadable("too deep")
    if isinstance(value, str) and not _storable(value):
        raise Unreadable("text nobody can store")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        _bound(one, depth + 1)


def _storable(value: str) -> bool:
    """Whether PostgreSQL takes it: no NUL, no half of a pair."""
    try:
        return b"\x00" not in value.encode()
    except UnicodeEncodeError:
        return False


def _xml(content: bytes) -> Any:
    parser, reader = expat.ParserCreate(encoding="UTF-8"), _Reader()
    parser.buffer_text = True
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    parser.StartDoctypeDeclHandler = reader.doctype  # where entities would be declared
    try:
        parser.Parse(content, True)
    except expat.ExpatError:
        raise Unreadable("no XML") from None
    return reader.root


class _Reader:
    """Collects elements as expat meets them."""

    def __init__(self) -> None:
        self.root: Any = None
        self._open: list[tuple[dict[str, Any], list[str]]] = []

    def begin(self, _name: str, _attributes: Any) -> None:
        if len(self._open) > _DEEPEST:
            raise Unreadable("too deep")
        self._open.append(({}, []))

    def data(self, text: str) -> None:
        if self._open:
            self._open[-1][1].append(text)

    def end(self, name: str) -> None:
        children, texts = self._open.pop()
        value: Any = children or "".join(texts).strip()
        if not self._open:
            self.root = value
            return
        siblings = self._open[-1][0]
        if name not in siblings:
            siblings[name] = value
        elif isinstance(siblings[name], list):
            siblings[name].append(value)
        else:
            siblings[name] = [siblings[name], value]

    def doctype(self, *_: Any) -> None:
        raise Unreadable("a document type")
