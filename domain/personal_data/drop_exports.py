"""Files are not kept longer than was said."""

from kit import clock, database


async def drop_exports() -> int:
    """Remove the content of files whose week is over; returns of how many. Run by the worker."""
    dropped = await database.execute(
        "UPDATE data_export SET state = 'expired', sealed = NULL WHERE state = 'ready' AND expires_at <= $1",
        clock.now(),
    )
    return int(dropped.split()[-1])
