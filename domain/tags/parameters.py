"""The values of a query, in the order of their places. Pure."""

from typing import Any


class Parameters(list[Any]):
    """Grows as the query is written."""

    def at(self, value: Any, kind: str) -> str:
        """The place of one more value, typed: `$3::text`."""
        self.append(value)
        return f"${len(self)}::{kind}"
