"""Customers are told of a level they reached, and of one they lost."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain import customers, messages
from domain.experience.definition import LevelTable
from domain.experience.rules import Move
from domain.messages import Notice
from kit.database import Connection
from kit.masking import mask_name

_TELLS_OF = {"rise": "risen", "fall": "fallen", "clawback": "fallen"}


async def tell(
    connection: Connection,
    table: LevelTable,
    moved: Sequence[tuple[int, Move]],
    ends: Mapping[int, datetime | None],
) -> None:
    """Write the message the table has for each move, once; of renewals and of new tables nobody is told.

    `ends` is the end of each customer's period. The caller holds the customers' locks.
    """
    due = [
        (customer_id, move, template)
        for customer_id, move in moved
        if (occasion := _TELLS_OF.get(move.reason)) and (template := getattr(table.messages, occasion))
    ]
    if not due:
        return
    profiles = await customers.profiles(connection, sorted({customer_id for customer_id, _, _ in due}))
    await messages.prepare(
        connection,
        [
            Notice(
                customer_id,
                template,
                f"level:{move.at:%Y%m%d%H%M%S%f}:{move.before}-{move.after}",
                {
                    "customer": mask_name(profiles[customer_id].name),
                    "level": table.levels[move.after].name,
                    **({"expires_on": until} if (until := ends[customer_id]) else {}),
                },
                "/level",
            )
            for customer_id, move, template in due
        ],
    )
