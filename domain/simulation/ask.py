"""An operator asks for a forecast."""

from collections.abc import Sequence

import msgspec

from domain import approvals, operators
from domain.approvals import Move, Version
from domain.campaigns import CAMPAIGNS
from domain.operators import OperatorIdentity
from domain.simulation import rules
from domain.simulation.definition import ForecastRequest
from domain.simulation.forecast import COLUMNS, Document, Forecast, forecast_of
from domain.tasks import TASKS
from kit import clock, database
from kit.errors import Conflict, RuleViolated


async def ask(operator: OperatorIdentity, kind: str, code: str, asked: ForecastRequest) -> Forecast:
    """Keep what is to be forecast of a task, or of all tasks of a campaign, as it is written now; the worker plays it
    through the operator's own customers.

    Raises `Forbidden` (`operator.missing_role`), `NotFound`, `Conflict` (`configuration.no_draft`,
    `configuration.not_live`, `forecast.no_tasks`), `RuleViolated` (`forecast.impossible` with the path of each fault).
    """
    approvals.check_may(operator, Move.SUBMIT)
    versions = await (_of_campaign if kind == CAMPAIGNS.name else _of_task)(code, asked, operator)
    faults = rules.faults_of(asked, clock.today())
    if faults:
        raise RuleViolated("forecast.impossible", "预测的日期有误，请按所列路径修改", faults)
    documents = [_document(version, asked) for version in versions]
    async with database.transaction() as connection:
        [row] = await connection.fetch(
            f"""INSERT INTO forecast (kind, code, asked, documents, branch, maker_id, state, after_customer, customers,
                                      customers_done, events, tally, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, 0, 0, 0, '{{}}', $7) RETURNING {COLUMNS}""",
            kind,
            code,
            msgspec.json.encode(asked).decode(),
            msgspec.json.encode(documents).decode(),
            operator.branch,
            operator.operator_id,
            clock.now(),
        )
        detail = {"from": asked.since.isoformat(), "until": asked.until.isoformat(), "version": asked.version}
        await operators.acted(connection, operator, "forecast.ask", f"{kind}/{code}", {**detail, "id": row["id"]})
    return forecast_of(row)


async def _of_task(code: str, asked: ForecastRequest, operator: OperatorIdentity) -> list[Version]:
    reading = await approvals.read(TASKS.name, code, operator)
    if asked.version == "draft":
        if reading.latest.state not in approvals.IN_THE_MAKING:
            raise Conflict("configuration.no_draft", "没有正在编辑或待复核的版本")
        return [reading.latest]
    live = reading.live or reading.latest
    if live.live_at is None or live.state not in (approvals.State.LIVE, approvals.State.PAUSED):
        raise Conflict("configuration.not_live", "没有已上线的版本")
    return [live]


async def _of_campaign(code: str, asked: ForecastRequest, operator: OperatorIdentity) -> Sequence[Version]:
    """Its tasks: those that are live, or the newest version of each, whether it is a draft or not."""
    await approvals.read(CAMPAIGNS.name, code, operator)
    if asked.version == "live":
        states = (approvals.State.LIVE, approvals.State.PAUSED)
        standing = await approvals.in_states(TASKS.name, states, operator.within)
        found = [version for version in standing if version.body.get("campaign") == code]
    else:
        found = [one for one in await approvals.of_campaign(code, operator.within) if one.kind == TASKS.name]
    if not found:
        raise Conflict("forecast.no_tasks", "活动还没有任务，无从预测")
    return found


def _document(version: Version, asked: ForecastRequest) -> Document:
    body, moved_days = rules.laid_over(version.body, asked.since, asked.until)
    return Document(version.id, version.code, version.version, version.content_hash, body, moved_days)
