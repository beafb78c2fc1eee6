"""What WeChat told us, as it is stored."""

import json
from typing import Any

from kit import database as db


async def stored() -> list[dict[str, Any]]:
    """Every callback, the oldest first."""
    rows = await db.fetch("SELECT * FROM wechat_callback ORDER BY id")
    return [dict(row) | {"content": json.loads(row["content"])} for row in rows]
