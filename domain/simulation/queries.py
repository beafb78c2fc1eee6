"""Forecasts as operators see them: those made of their branches, head office all."""

from domain.operators import OperatorIdentity
from domain.simulation.forecast import COLUMNS, Forecast, forecast_of
from kit import database
from kit.errors import NotFound


async def read(operator: OperatorIdentity, forecast_id: int) -> Forecast:
    """One forecast. Raises `NotFound`, also for another branch's."""
    row = await database.fetchrow(f"SELECT {COLUMNS} FROM forecast WHERE id = $1", forecast_id)
    if row is None or not operator.sees(row["branch"]):
        raise NotFound("forecast.not_found", "没有这次预测")
    return forecast_of(row)


async def list_(
    operator: OperatorIdentity,
    *,
    kind: str | None = None,
    code: str | None = None,
    before: int | None = None,
    limit: int = 20,
) -> list[Forecast]:
    """Newest first, from below the id `before`; of one task or campaign, if named."""
    rows = await database.fetch(
        f"""SELECT {COLUMNS} FROM forecast
            WHERE ($1::text[] IS NULL OR branch = ANY($1)) AND ($2::text IS NULL OR kind = $2)
              AND ($3::text IS NULL OR code = $3) AND ($4::bigint IS NULL OR id < $4) ORDER BY id DESC LIMIT $5""",
        operator.within,
        kind,
        code,
        before,
        limit,
    )
    return [forecast_of(row) for row in rows]
