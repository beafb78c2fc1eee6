"""The parameters of a statement that is put together."""

import re
from collections.abc import Sequence
from typing import Any

_PLACE = re.compile(r"\$([0-9]+)")


class Values:
    """What `given` holds at `$1` and on."""

    def __init__(self) -> None:
        self.given: list[Any] = []

    def place(self, value: Any, kind: str) -> str:
        """Where `value`, of this type of PostgreSQL, stands."""
        self.given.append(value)
        return f"${len(self.given)}::{kind}"

    def adopt(self, sql: str, values: Sequence[Any]) -> str:
        """A statement with parameters of its own, which now stand behind those there are."""
        offset = len(self.given)
        self.given.extend(values)
        return _PLACE.sub(lambda found: f"${int(found[1]) + offset}", sql)
