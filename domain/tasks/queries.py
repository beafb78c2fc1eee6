"""What a customer's pages show of tasks and claims."""

from bisect import insort
from datetime import datetime

from domain.customers import Profile
from domain.tasks import rules
from domain.tasks.catalogue import TaskVersion, catalogue, decode_states
from domain.tasks.on_offer import on_offer
from domain.tasks.states import ClaimState, shown
from domain.tasks.views import ClaimView, TaskView
from kit import clock, database
from kit.database import Record
from kit.errors import NotFound

_CLAIM = """id AS claim_id, task, version_id, state, cycle, progress, claimed_at, expires_at"""
_PROFILE = ", ".join(f"p.{name}" for name in Profile.__struct_fields__)
_PAGE = f"""
SELECT {_PROFILE}, coalesce(a.rank, 0) AS rank,
  array(SELECT task FROM task_offer o WHERE o.customer_id = p.id AND o.state = 'open') AS offers, held.*
FROM customer p LEFT JOIN experience_account a ON a.customer_id = p.id
LEFT JOIN LATERAL (
  SELECT DISTINCT ON (task) {_CLAIM} FROM claim
  WHERE customer_id = p.id
    AND (cycle = ANY($2::text[]) OR (state = 'claimed' AND (expires_at IS NULL OR expires_at > $3)))
  ORDER BY task, claimed_at DESC, turn DESC) held ON true
WHERE p.id = $1"""


async def tasks_of(customer_id: int, channel: str) -> list[TaskView]:
    """Every task this customer sees now, and every other one they hold a claim of; what is offered to them comes
    first, then the oldest version.
    """
    await _fresh_catalogue()
    now = clock.now()
    rows = await database.fetch(_PAGE, customer_id, rules.present_cycles(now), now)
    profile, rank = Profile(*rows[0][: len(Profile.__struct_fields__)]), rows[0]["rank"]
    held = rows if rows[0]["claim_id"] is not None else []
    await catalogue.know(row["version_id"] for row in held)
    begun = [_view(catalogue.version(row["version_id"]), row, now) for row in held if _present(row, now)]
    seen = on_offer.to(profile, rank, channel, now)
    offers = set(rows[0]["offers"]).difference(view.version.code for view in begun)
    if not begun and not offers:
        return list(seen.views)
    recommended = on_offer.recommended(offers, profile, rank, channel, now)
    views = seen.without({view.version.code for view in (*begun, *recommended)})
    for view in begun:
        insort(views, view, key=lambda one: one.version.id)
    return [*recommended, *views]


def _present(row: Record, now: datetime) -> bool:
    """Whether a claim is of the cycle the task is in now, or still runs."""
    version = catalogue.version(row["version_id"])
    running = row["state"] == "claimed" and (row["expires_at"] is None or now < row["expires_at"])
    return running or row["cycle"] == rules.cycle_of(version.definition, now)


async def task_of(customer_id: int, channel: str, code: str) -> TaskView:
    """One of `tasks_of`. Raises `NotFound`."""
    for view in await tasks_of(customer_id, channel):
        if view.version.code == code:
            return view
    raise NotFound("task.not_found", "没有这个任务")


async def claim_of(customer_id: int, claim_id: int) -> ClaimView:
    """One claim of this customer. Raises `NotFound`, also for somebody else's."""
    row = await database.fetchrow(
        f"SELECT {_CLAIM} FROM claim WHERE id = $1 AND customer_id = $2", claim_id, customer_id
    )
    if row is None:
        raise NotFound("claim.not_found", "没有这条领取记录")
    await catalogue.know([row["version_id"]])
    return _claim_view(row, catalogue.version(row["version_id"]), clock.now())


async def _fresh_catalogue() -> None:
    if catalogue.revision < 0:
        await catalogue.refresh()


def _view(version: TaskVersion, row: Record, now: datetime) -> TaskView:
    claim = _claim_view(row, version, now)
    return TaskView(version, claim.state, claim, claim.percent, claim.conditions, on_offer.rewards(version))


def _claim_view(row: Record, version: TaskVersion, now: datetime) -> ClaimView:
    expired = row["expires_at"] is not None and row["expires_at"] <= now
    states = decode_states(row["progress"])
    return ClaimView(
        row["claim_id"],
        row["task"],
        shown(ClaimState(row["state"]), expired),
        row["cycle"],
        row["claimed_at"],
        row["expires_at"],
        *version.program.standing(states),
        version.program.rule,
    )


async def claims_of(customer_id: int, before: int | None, limit: int) -> list[tuple[ClaimView, int]]:
    """Every claim of a customer with the number of the version it runs on, newest first, from below the id `before`."""
    rows = await database.fetch(
        f"""SELECT k.*, v.version FROM (
              SELECT {_CLAIM} FROM claim WHERE customer_id = $1 AND ($2::bigint IS NULL OR id < $2)
              ORDER BY id DESC LIMIT $3) k JOIN configuration v ON v.id = k.version_id ORDER BY k.claim_id DESC""",
        customer_id,
        before,
        limit,
    )
    await catalogue.know(row["version_id"] for row in rows)
    now = clock.now()
    return [(_claim_view(row, catalogue.version(row["version_id"]), now), row["version"]) for row in rows]
