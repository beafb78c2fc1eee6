"""Which claims what was told of customers may move: found by what their versions listen to, not by loading them all."""

from collections.abc import Collection, Mapping, Sequence

from domain.events import Event
from domain.tasks import book, lateness, rules
from domain.tasks.book import OpenClaim
from domain.tasks.catalogue import Heard, catalogue
from domain.tasks.states import RUNNING
from kit import clock
from kit.database import Connection

# The state is a literal so that the index `claim_running`, which holds all that is looked at, can be used.
_RUNNING = ", ".join(f"'{state}'" for state in RUNNING)
_FIND = f"""
WITH found AS (
  SELECT c.id FROM unnest($1::bigint[], $2::int[]) AS told (customer_id, key)
  JOIN claim c ON c.customer_id = told.customer_id AND c.state IN ({_RUNNING})
   AND coalesce(c.expires_at, timestamptz 'infinity') > $10
  LEFT JOIN unnest($3::int[], $4::bigint[]) AS listens (key, version_id)
    ON listens.key = told.key AND listens.version_id = c.version_id
  LEFT JOIN unnest($5::bigint[]) AS known (version_id) ON known.version_id = c.version_id
  WHERE listens.key IS NOT NULL OR known.version_id IS NULL
  UNION
  SELECT c.id FROM unnest($6::bigint[], $7::text[], $8::text[]) AS opening (customer_id, task, cycle)
  JOIN claim c USING (customer_id, task, cycle)
  UNION
  SELECT id FROM claim WHERE customer_id = ANY($9::bigint[])
)
SELECT c.* FROM found CROSS JOIN LATERAL (
  SELECT {book.COLUMNS} FROM claim WHERE claim.id = found.id OFFSET 0  -- one by one: far fewer than the planner fears
) c ORDER BY c.id"""


async def load(connection: Connection, told: Mapping[int, Sequence[Event]], whole: Collection[int]) -> list[OpenClaim]:
    """The running claims that hear of what was told of their customers, the claims of the cycles in which it may open
    one, all claims of the customers in `whole`; and running ones on versions this process did not know yet.
    """
    customers: list[int] = []
    keys: list[int] = []
    numbers: dict[Heard, int] = {}
    opening: set[tuple[int, str, str]] = set()
    for customer_id, news in told.items():
        for event in news:
            heard = catalogue.heard(event)
            if heard.conditions:
                customers.append(customer_id)
                keys.append(numbers.setdefault(heard, len(numbers)))
                opening.update(
                    (customer_id, version.code, rules.cycle_of(version.definition, event.occurred_at))
                    for version, _ in heard.opening
                )
    rows = await connection.fetch(
        _FIND,
        customers,
        keys,
        [number for heard, number in numbers.items() for _ in heard.version_ids],
        [version_id for heard in numbers for version_id in heard.version_ids],
        catalogue.known_ids(),
        [customer_id for customer_id, _, _ in opening],
        [task for _, task, _ in opening],
        [cycle for _, _, cycle in opening],
        list(whole),
        clock.now() - lateness.allowed(),
    )
    return await book.opened(rows)
