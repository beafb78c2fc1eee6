"""Bundles as text: JSON, or YAML read by a loader that makes nothing but plain values."""

import asyncio
from typing import Any, Literal

import msgspec
import yaml

from domain.bundles import Bundle
from kit.errors import BadInput, Fault
from kit.http.problems import bad_input

MOST_BYTES = 2_000_000
_DEEPEST = 40
Format = Literal["json", "yaml"]
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Plain(_Base):
    """Dates stay texts, as in JSON."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def written(bundle: Bundle, format: Format) -> bytes:
    """`bundle` as a file."""
    if format == "json":
        return msgspec.json.format(msgspec.json.encode(bundle), indent=2)
    plain = msgspec.to_builtins(bundle)
    text: str = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=100)
    return text.encode()


async def read(text: bytes, format: Format) -> Bundle:
    """The bundle in a file. Raises `BadInput` (also for one too large, for aliases and for tags of YAML)."""
    if len(text) > MOST_BYTES:
        raise _refused(f"at most {MOST_BYTES} bytes")
    try:
        if format == "json":
            bundle = msgspec.json.decode(text, type=Bundle)
        else:
            bundle = msgspec.convert(await asyncio.to_thread(_plain, text), Bundle)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad_input(error) from None
    except yaml.YAMLError as error:
        raise _refused(str(error).replace("\n", " ")[:300]) from None
    if b"\\u0000" in msgspec.json.encode(bundle):
        raise _refused("remove the character U+0000")
    return bundle


def _plain(text: bytes) -> Any:
    """Looked through before anything is built: an alias could grow without end, a depth exhaust the stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_Plain):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not taken")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise yaml.YAMLError("nested too deeply")
    return yaml.load(text, Loader=_Plain)  # noqa: S506 - a SafeLoader


def _refused(detail: str) -> BadInput:
    return BadInput("request.invalid", "The bundle cannot be read", [Fault("", "invalid", detail)])
