"""One at a time about what a supplier told: taken before the customers' locks."""

from kit.database import Connection

_USAGES = 0x7573_6564  # with the hash of the supplier


async def hold_usages(connection: Connection, supplier: str) -> None:
    """Whoever learns of a code and whoever hears of its usage wait for each other, so that neither misses the other."""
    await connection.execute("SELECT pg_advisory_xact_lock($1, hashtext($2))", _USAGES, supplier)
