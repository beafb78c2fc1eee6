"""What a partner sent, before anybody knows whether it is an event."""

import msgspec


class Message(msgspec.Struct, frozen=True):
    """`position` says for ever where it stood: in which stream or file, and where in it."""

    position: str
    payload: bytes


class Taken(msgspec.Struct, frozen=True):
    """What became of a set of messages; `accepted + duplicates + parked` is their number."""

    accepted: int
    duplicates: int
    suspended: int
    parked: int
