"""A set of customers is played through the tasks of a forecast."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from domain import events, experience
from domain.customers import Profile
from domain.events.event import MONEY_IN, TAKES_BACK
from domain.simulation.forecast import Document, Forecast, Tally
from domain.simulation.replay import Replay, Terms
from domain.simulation.run import Played, looks_back_to
from domain.simulation.story import Story
from domain.tasks.catalogue import TaskVersion
from domain.tasks.conditions import Span, compile_content
from domain.tasks.definition import TaskDefinition
from kit import clock
from kit.database import Connection

_A_CYCLE = timedelta(days=31)
Row = tuple[str, int | None, str, str, datetime, datetime, datetime | None, bool]
"""A claim as it is kept, without the number of those that are alike."""


class Cast:
    """The tasks of a forecast, laid over its days."""

    def __init__(self, forecast: Forecast) -> None:
        asked = forecast.asked
        begins = clock.start_of_day(asked.since)
        self.ends = clock.start_of_day(asked.until + timedelta(days=1))
        terms = Terms(begins, self.ends, Decimal(asked.claim_share), asked.claim_on == "first_match")
        self.replays = [Replay(_version(document, begins), terms) for document in forecast.documents]
        heard = {kind for replay in self.replays for kind in replay.listened}
        # What takes money back may name whatever brought some in.
        self.types = sorted(heard | ({*MONEY_IN, *TAKES_BACK} if heard & set(MONEY_IN) else set()))
        spans = (Span(begins, None), Span(begins - _A_CYCLE, None))
        self.since = min(looks_back_to(replay.version, span) for replay in self.replays for span in spans)


def _version(document: Document, begins: datetime) -> TaskVersion:
    definition = msgspec.convert(document.body, TaskDefinition)
    terms = definition.claim
    if terms.from_ is not None and terms.from_ <= begins:
        terms = msgspec.structs.replace(terms, from_=None)
    definition = msgspec.structs.replace(definition, claim=terms)
    program = compile_content(definition.content)
    return TaskVersion(document.version_id, document.code, document.version, begins, definition, program)


async def play_set(
    connection: Connection, forecast_id: int, cast: Cast, profiles: Sequence[Profile], tally: Tally
) -> int:
    """Play these customers, keep their claims, and add to `tally` who sees what; returns how many events they had."""
    ids = [profile.id for profile in profiles]
    ranks = await experience.ranks(connection, ids)
    whole = await events.with_refunds(connection, ids) if set(TAKES_BACK) & set(cast.types) else ()
    told = await events.happened(connection, ids, cast.types, cast.since, cast.ends, whole)
    rows: Counter[Row] = Counter()
    for profile in profiles:
        rank, story = ranks.get(profile.id, 0), Story(told[profile.id])
        for replay in cast.replays:
            if replay.seen_by(profile, rank):
                by_stage = tally.setdefault(replay.version.code, {}).setdefault(profile.branch or "", {})
                by_stage[profile.stage] = by_stage.get(profile.stage, 0) + 1
                rows.update(_row(replay, profile, played) for played in replay.play(profile, rank, story))
    await _keep(connection, forecast_id, rows)
    return sum(map(len, told.values()))


def _row(replay: Replay, profile: Profile, played: Played) -> Row:
    """Whose claim it is matters where caps of a person, or the order of who takes a place, do."""
    limited = replay.version.definition.claim.places is not None
    owner = profile.id if limited or played.completed_at is not None else None
    return (
        replay.version.code,
        owner,
        profile.branch or "",
        profile.stage,
        played.opened_at,
        played.claimed_at,
        played.completed_at,
        played.expired,
    )


async def _keep(connection: Connection, forecast_id: int, rows: Counter[Row]) -> None:
    if not rows:
        return
    columns = [list(column) for column in zip(*rows, strict=True)]
    await connection.execute(
        """INSERT INTO forecast_claim (forecast_id, task, customer_id, branch, stage, opened_at, claimed_at,
                                       completed_at, expired, number)
           SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::timestamptz[],
                                    $7::timestamptz[], $8::timestamptz[], $9::bool[], $10::int[])""",
        forecast_id,
        *columns,
        list(rows.values()),
    )
