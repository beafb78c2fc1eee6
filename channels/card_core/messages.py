"""Events that come one by one, from a stream or a file: judged exactly as those of a request, taken in sets."""

from collections.abc import Iterable, Sequence

import msgspec

from channels.card_core.translate import ReadBatch, read_batch
from domain import intake
from domain.events import Event
from domain.intake import Message
from kit.errors import BadInput, Fault

SOURCE = "card-core"
MOST_MESSAGES = 500
_one_value = msgspec.json.Decoder(msgspec.Raw)


def read_each(bodies: Sequence[bytes]) -> ReadBatch:
    """Decode and check up to 5,000 bodies of one event each; whatever is wrong with one concerns no other."""
    read = ReadBatch()
    readable: list[int] = []
    for place, body in enumerate(bodies):
        fault = _unreadable(body)
        if fault is None:
            readable.append(place)
        else:
            read.faults.append((place, fault))
    for places, part in _parts(bodies, readable):
        read.events.extend(part.events)
        read.places.extend(places[inner] for inner in part.places)
        read.faults.extend((places[inner], fault) for inner, fault in part.faults)
    return read


async def take(messages: Sequence[Message]) -> intake.Taken:
    """Ingest what is an event, park what is none; durable when this returns, and idempotent."""
    good, bad = judged(messages, read_each([message.payload for message in messages]))
    return await intake.take(SOURCE, good, bad)


def judged(
    messages: Sequence[Message], read: ReadBatch
) -> tuple[list[tuple[Message, Event]], list[tuple[Message, Fault]]]:
    """Each message beside what it was read as."""
    good = [(messages[place], event) for place, event in zip(read.places, read.events, strict=True)]
    return good, [(messages[place], fault) for place, fault in read.faults]


def _unreadable(body: bytes) -> Fault | None:
    """Whether `body` is one JSON value: only then may it stand in a list with others."""
    if not body:
        return Fault("", "missing", "there is no event in it")
    try:
        _one_value.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        return Fault("", "invalid", str(error))
    return None


def _parts(bodies: Sequence[bytes], places: list[int]) -> list[tuple[list[int], ReadBatch]]:
    """One typed decode for all; one by one when a single body (nested to the very limit) spoils the list."""
    try:
        return [(places, read_batch(_listed(bodies[place] for place in places), SOURCE))]
    except BadInput:
        return [([place], _alone(bodies[place])) for place in places]


def _alone(body: bytes) -> ReadBatch:
    try:
        return read_batch(_listed([body]), SOURCE)
    except BadInput as error:
        return ReadBatch(faults=[(0, Fault("", "invalid", error.message))])


def _listed(bodies: Iterable[bytes]) -> bytes:
    return b'{"events":[' + b",".join(bodies) + b"]}"
