"""The words advertising law and the rules of bank marketing forbid, as a kind of configuration."""

from typing import Annotated

import msgspec
from msgspec import Meta

from domain import approvals
from domain.approvals import Kind, Version
from kit.database import Connection
from kit.errors import Fault, RuleViolated

KIND, CODE = "forbidden-words", "default"
Word = Annotated[str, Meta(min_length=1, max_length=32)]


class ForbiddenWord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`why` is told to operators. `unless` are longer words it may stand in: `最` is no superlative in `最低`."""

    word: Word
    why: Annotated[str, Meta(min_length=1, max_length=100)]
    unless: Annotated[list[Word], Meta(max_length=50)] = []


class ForbiddenWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document behind `PUT /admin/v1/forbidden-words/default`."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    words: Annotated[list[ForbiddenWord], Meta(max_length=1_000)]


async def check(code: str, definition: ForbiddenWords) -> None:
    """Raises `RuleViolated` (`forbidden_words.impossible`) with the path of each fault."""
    faults = []
    if code != CODE:
        faults.append(Fault("code", "forbidden_words.code", f"the only one is {CODE!r}"))
    seen: set[str] = set()
    for place, one in enumerate(definition.words):
        if one.word in seen:
            faults.append(Fault(f"words[{place}].word", "forbidden_words.repeated", "stands there twice"))
        seen.add(one.word)
        faults += [
            Fault(f"words[{place}].unless[{at}]", "forbidden_words.unless", f"does not hold {one.word!r}")
            for at, longer in enumerate(one.unless)
            if one.word not in longer or longer == one.word
        ]
    if faults:
        raise RuleViolated("forbidden_words.impossible", "禁用词表有误，请按所列路径修改", faults)


async def went_live(connection: Connection, version: Version) -> None:
    """Nothing follows: words are looked for when a checklist is asked."""


async def words_in_force() -> list[ForbiddenWord] | None:
    """The words of the live table; None where there is none."""
    live = await approvals.live(KIND)
    return msgspec.convert(live[0].body, ForbiddenWords).words if live else None


FORBIDDEN_WORDS = Kind(KIND, ForbiddenWords, check, went_live)
