"""Messages that are no acceptable events are put aside, so that they hold up no others."""

import hashlib
import re
from collections.abc import Sequence

from domain.intake.message import Message
from kit import clock
from kit.database import Connection
from kit.errors import Fault
from kit.masking import looks_like_pan

_MOST_BYTES = 65_536
_LONGEST_PATH = 300
_MAYBE_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")


async def park(connection: Connection, source: str, refused: Sequence[tuple[Message, Fault]]) -> None:
    """Keep each message and its fault for operators; the same message at the same position is kept once.

    Joins the caller's transaction. What looks like a card number keeps its last four digits only.
    """
    if refused:
        await connection.executemany(
            """INSERT INTO parked_message (source, position, payload, digest, path, code, detail, at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING""",
            [_row(source, message, fault) for message, fault in refused],
        )


def _row(source: str, message: Message, fault: Fault) -> tuple[object, ...]:
    payload = without_cards(message.payload.decode("latin-1")).encode("latin-1")[:_MOST_BYTES]
    digest = hashlib.blake2b(message.payload, digest_size=16).digest()
    # Both may repeat a key of the message, and PostgreSQL keeps no NUL in a text.
    path, detail = (without_cards(text).replace("\x00", "\ufffd") for text in (fault.path, fault.detail))
    return source, message.position, payload, digest, path[:_LONGEST_PATH], fault.code, detail, clock.now()


def without_cards(text: str) -> str:
    """`text` with every possible card number cut down to its last four digits; its length stays."""
    return _MAYBE_CARD.sub(_last_four, text)


def _last_four(found: re.Match[str]) -> str:
    number = found[0]
    return "*" * (len(number) - 4) + number[-4:] if looks_like_pan(number) else number
