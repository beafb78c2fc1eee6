"""Exchange experience for a benefit: a batch, first come first served, one transaction."""

import hashlib
from collections.abc import Sequence

import msgspec

from domain import approvals, benefits, campaigns, customers, experience, risk
from domain.benefits import IssueFailure, IssueOrder
from domain.exchanges import rules
from domain.experience import Spending
from kit import clock, database
from kit.database import Connection, Record
from kit.errors import Conflict, DomainError


class ExchangeOrder(msgspec.Struct, frozen=True):
    """Who wants which benefit; the same `idempotency_key` of a customer is the same exchange. `origin` is where a
    request from outside came from.
    """

    customer_id: int
    benefit: str
    idempotency_key: str
    origin: risk.Origin | None = None

    @property
    def source(self) -> str:
        """What names the exchange to experience and benefits."""
        digest = hashlib.blake2b(self.idempotency_key.encode(), digest_size=16).hexdigest()
        return f"exchange:{self.customer_id}:{digest}"


class Exchange(msgspec.Struct, frozen=True):
    """An exchange, and whether this very request made it."""

    id: int
    customer_id: int
    benefit: str
    experience: int
    grant_id: int
    created: bool = False


Answer = Exchange | Exception


async def exchange_batch(orders: Sequence[ExchangeOrder]) -> list[Answer]:
    """One outcome per order, in order; experience, grant, stock and caps change together or not at all. A repeat gets
    the exchange it has. One refused does not refuse the others.

    Errors per member: `NotFound` (`benefit.not_found`), `Conflict` (`idempotency.key_reused`, `exchange.personal_cap`,
    `experience.insufficient`, `benefit.not_exchangeable`, `benefit.not_for_you`, `benefit.personal_cap`,
    `benefit.out_of_stock`, …), and those of `risk.decide`, which is not asked about a repeat.
    """
    return await database.retried(lambda: _commit(orders))


async def _commit(orders: Sequence[ExchangeOrder]) -> list[Answer]:
    """Round by round, so that of several orders of one customer each sees what those before it left."""
    answers: dict[int, Answer] = {}
    async with database.transaction() as connection:
        ids = {order.customer_id for order in orders}
        await customers.lock(connection, ids)
        revision = await approvals.share_live_set(connection)
        await benefits.catalogue.follow(revision)
        await risk.catalogue.follow(revision)
        answers |= await _barred(connection, orders)
        await campaigns.lock(connection, _campaigns(orders))
        while len(answers) < len(orders):
            turn: dict[int, int] = {}
            for place, order in enumerate(orders):
                if place not in answers:
                    turn.setdefault(order.customer_id, place)
            answers |= await _round(connection, {place: orders[place] for place in turn.values()})
    return [answers[place] for place in range(len(orders))]


async def _barred(connection: Connection, orders: Sequence[ExchangeOrder]) -> dict[int, DomainError]:
    if not risk.catalogue.awake("exchange"):
        return {}
    known = await _known(connection, orders)
    attempts = {
        place: risk.Attempt(order.customer_id, "exchange", order.origin)
        for place, order in enumerate(orders)
        if order.origin is not None and (order.customer_id, order.idempotency_key) not in known
    }
    return await risk.decide(connection, attempts)


def _campaigns(orders: Sequence[ExchangeOrder]) -> set[str]:
    """Their budgets are locked before the accounts, as everybody does."""
    wanted = (benefits.catalogue.live.get(order.benefit) for order in orders)
    return {benefit.definition.campaign for benefit in wanted if benefit and benefit.definition.campaign}


async def _round(connection: Connection, orders: dict[int, ExchangeOrder]) -> dict[int, Answer]:
    """At most one order of each customer."""
    answers: dict[int, Answer] = {}
    known = await _known(connection, list(orders.values()))
    balances = await experience.balances(connection, {order.customer_id for order in orders.values()})
    exchanged = await _exchanged(connection, list(orders.values()))
    wanted: dict[int, ExchangeOrder] = {}
    for place, order in orders.items():
        made = known.get((order.customer_id, order.idempotency_key))
        if made is not None:
            other = Conflict("idempotency.key_reused", "该请求编号已用于兑换另一项权益，请重新发起")
            answers[place] = made if made.benefit == order.benefit else other
            continue
        benefit = benefits.catalogue.live.get(order.benefit)
        had = exchanged.get((order.customer_id, order.benefit), 0)
        if benefit is not None and not benefit.open_to(order.customer_id):
            benefit = None
        refusal = rules.why_not(
            benefit.definition if benefit else None,
            balances[order.customer_id],
            had,
            among_those=benefit is not None and benefit.exchangeable_by(order.customer_id),
        )
        if refusal is not None:
            answers[place] = refusal
        else:
            wanted[place] = order
    issued = await benefits.issue(
        connection,
        [IssueOrder(one.customer_id, one.benefit, one.source, "exchange") for one in wanted.values()],
    )
    granted: dict[int, int] = {}
    for place, outcome in zip(wanted, issued, strict=True):
        if isinstance(outcome, IssueFailure):
            answers[place] = rules.refused(outcome.code)
        else:
            granted[place] = outcome.grant_id
    return answers | await _pay(connection, {place: wanted[place] for place in granted}, granted)


async def _pay(connection: Connection, orders: dict[int, ExchangeOrder], granted: dict[int, int]) -> dict[int, Answer]:
    """Spend for what was granted, and write the exchanges down."""
    if not orders:
        return {}
    costs = {place: _cost(order) for place, order in orders.items()}
    await experience.spend(
        connection,
        [
            Spending(order.customer_id, costs[place], order.source, _title(order, "兑换"))
            for place, order in orders.items()
        ],
    )
    rows = await connection.fetch(
        """INSERT INTO exchange (customer_id, idempotency_key, benefit, experience, grant_id, state, created_at)
           SELECT t.*, 'made', $6
           FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[]) AS t
           RETURNING id, customer_id, benefit, experience, grant_id""",
        [order.customer_id for order in orders.values()],
        [order.idempotency_key for order in orders.values()],
        [order.benefit for order in orders.values()],
        list(costs.values()),
        [granted[place] for place in orders],
        clock.now(),
    )
    by_grant = {row["grant_id"]: _exchange(row, created=True) for row in rows}
    return {place: by_grant[granted[place]] for place in orders}


def _exchange(row: Record, *, created: bool = False) -> Exchange:
    return Exchange(row["id"], row["customer_id"], row["benefit"], row["experience"], row["grant_id"], created)


def _cost(order: ExchangeOrder) -> int:
    terms = benefits.catalogue.live[order.benefit].definition.exchange
    return terms.experience if terms else 0


def _title(order: ExchangeOrder, what: str) -> str:
    return f"{what}：{benefits.benefit_name(order.benefit)}"[:64]


async def _known(connection: Connection, orders: Sequence[ExchangeOrder]) -> dict[tuple[int, str], Exchange]:
    rows = await connection.fetch(
        """SELECT e.idempotency_key, e.id, e.customer_id, e.benefit, e.experience, e.grant_id FROM exchange e
           JOIN unnest($1::bigint[], $2::text[]) AS t (customer_id, key)
             ON t.customer_id = e.customer_id AND t.key = e.idempotency_key""",
        [order.customer_id for order in orders],
        [order.idempotency_key for order in orders],
    )
    return {(row["customer_id"], row["idempotency_key"]): _exchange(row) for row in rows}


async def _exchanged(connection: Connection, orders: Sequence[ExchangeOrder]) -> dict[tuple[int, str], int]:
    rows = await connection.fetch(
        """SELECT e.customer_id, e.benefit, count(*) FROM exchange e
           JOIN unnest($1::bigint[], $2::text[]) AS t (customer_id, benefit) USING (customer_id, benefit)
           WHERE e.state = 'made' GROUP BY 1, 2""",
        [order.customer_id for order in orders],
        [order.benefit for order in orders],
    )
    return {(row[0], row[1]): row[2] for row in rows}
