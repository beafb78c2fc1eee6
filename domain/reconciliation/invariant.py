"""A question whose answer must be empty."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Invariant:
    """`sql` returns one row per violation; its columns say where."""

    name: str
    says: str
    sql: str
