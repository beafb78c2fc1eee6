"""The signed-in customer."""

from typing import Literal

import msgspec
from sanic import Request

from api.routes import Subject, customer_routes
from domain import consents, customers, experience
from domain.consents import Purpose
from kit.masking import mask_name


class LevelNow(msgspec.Struct):
    """The level held and what is missing for the next; both null at the top."""

    rank: int
    name: str
    next_threshold: int | None
    missing: int | None


class Me(msgspec.Struct):
    """The customer as their own pages show them; the name is masked. `privacy_agreed`: to the present text."""

    customer_id: str
    name: str
    stage: Literal["base", "payer", "wealth", "credit"]
    bound: bool
    privacy_agreed: bool
    level: LevelNow
    experience: int


async def me_of(customer_id: int) -> Me:
    """`Me` of a customer."""
    profile = await customers.profile(customer_id)
    standing = await experience.standing(customer_id)
    following = standing.next
    privacy = next(one for one in await consents.standings(customer_id) if one.purpose == Purpose.PRIVACY)
    return Me(
        customer_id=str(profile.id),
        name=mask_name(profile.name) or "游客",
        stage=profile.stage,  # type: ignore[arg-type]  # the column holds nothing else
        bound=profile.customer_no is not None,
        privacy_agreed=privacy.granted and not privacy.outdated,
        level=LevelNow(
            standing.current.rank,
            standing.current.name,
            following.threshold if following else None,
            standing.missing if following else None,
        ),
        experience=standing.balance,
    )


@customer_routes.route("GET", "/me", tag="customer")
async def read_me(request: Request, subject: Subject) -> Me:
    """Who is signed in, with level and experience."""
    return await me_of(subject.customer_id)
