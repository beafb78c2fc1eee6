"""The mall: which benefits there are, how each can be had, and the exchange for experience."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec
from sanic import Request

from api.benefits import BenefitGrant, grant_view
from api.origin import DEVICE, origin_of
from api.routes import Subject, customer_routes
from domain import benefits, exchanges, experience, tasks
from domain.benefits import BenefitKind, Offer
from domain.exchanges import ExchangeOrder
from kit.errors import Forbidden
from kit.http import IDEMPOTENCY_KEY, Answer, Cursor, page_bounds, request_key
from kit.http.types import next_cursor


class ExchangeTerms(msgspec.Struct):
    """What an exchange costs, how often this customer has exchanged, and how often they may (null: without bound)."""

    experience: int
    exchanged: int
    per_person: int | None


class WayTo(msgspec.Struct):
    """Another way to the benefit: `task` by its code, `level` by its rank."""

    kind: Literal["task", "level"]
    target: str
    name: str


class MallBenefit(msgspec.Struct):
    """A benefit on offer; it is valid for `valid_days` from the grant, or until `valid_until`."""

    benefit: str
    name: str
    kind: BenefitKind
    supplier: str
    face_value_fen: int
    how_to_use: str
    valid_days: int | None
    valid_until: datetime | None
    sold_out: bool
    exchange: ExchangeTerms | None
    ways: list[WayTo]


class Mall(msgspec.Struct):
    """A page of benefits; `experience` is what this customer can spend."""

    items: list[MallBenefit]
    next_cursor: str | None
    experience: int


class BenefitExchange(msgspec.Struct):
    """What was exchanged; `experience` is what it cost. The grant is `issuing` while its supplier is asked."""

    exchange_id: str
    benefit: str
    experience: int
    grant: BenefitGrant


@customer_routes.route("GET", "/benefits", tag="benefit")
async def list_mall(request: Request, query: Cursor, subject: Subject) -> Mall:
    """The benefits this customer can have: by exchange, by a task they see, by a level."""
    after, limit = page_bounds(query)
    ways = await _ways(subject)
    exchanged = await exchanges.exchanged_of(subject.customer_id)
    seen = [
        offer
        for offer in await benefits.offers(subject.customer_id)
        if (offer.exchangeable or offer.benefit.code in ways) and (after is None or offer.benefit.version_id > after)
    ]
    balance = (await experience.standing(subject.customer_id)).balance
    following = next_cursor(seen, limit, lambda one: one.benefit.version_id)
    items = [_item(offer, ways.get(offer.benefit.code, []), exchanged) for offer in seen[:limit]]
    return Mall(items, following, balance)


@customer_routes.route(
    "POST",
    "/benefits/{benefit}/exchanges",
    tag="benefit",
    status=201,
    also=(200,),
    errors=(403, 404, 409, 429, 503),
    headers=(IDEMPOTENCY_KEY, DEVICE),
)
async def exchange_benefit(request: Request, benefit: str, subject: Subject) -> Answer[BenefitExchange]:
    """Exchange experience for a benefit. The same Idempotency-Key is the same exchange: a repeat gets it with 200."""
    key = request_key(request)
    if not subject.bound:
        raise Forbidden("customer.not_bound", "请先绑定信用卡，再兑换权益")
    order = ExchangeOrder(subject.customer_id, benefit, key, origin_of(request, subject))
    made = await request.app.ctx.exchanges.submit(order)
    grant = grant_view(await benefits.grant_of(subject.customer_id, made.grant_id))
    answer = BenefitExchange(str(made.id), made.benefit, made.experience, grant)
    return Answer(answer, status=201 if made.created else 200)


async def _ways(subject: Subject) -> Mapping[str, list[WayTo]]:
    """By benefit: the tasks this customer sees that reward it, the levels that give it."""
    ways: defaultdict[str, list[WayTo]] = defaultdict(list)
    for view in await tasks.tasks_of(subject.customer_id, subject.channel):
        for reward in view.version.definition.rewards:
            if reward.benefit is not None:
                ways[reward.benefit].append(WayTo("task", view.version.code, view.version.definition.name))
    for level in (await experience.standing(subject.customer_id)).table.levels:
        for gift in level.gifts:
            if gift.benefit is not None:
                ways[gift.benefit].append(WayTo("level", str(level.rank), level.name))
    return ways


def _item(offer: Offer, ways: list[WayTo], exchanged: Mapping[str, int]) -> MallBenefit:
    code, definition = offer.benefit.code, offer.benefit.definition
    terms = definition.exchange if offer.exchangeable else None
    return MallBenefit(
        benefit=code,
        name=definition.name,
        kind=definition.kind,
        supplier=offer.supplier_name,
        face_value_fen=definition.face_value_fen,
        how_to_use=definition.how_to_use,
        valid_days=definition.validity.days,
        valid_until=definition.validity.until,
        sold_out=offer.sold_out,
        exchange=ExchangeTerms(terms.experience, exchanged.get(code, 0), terms.per_person) if terms else None,
        ways=ways,
    )
