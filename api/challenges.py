"""Answering a challenge: a code goes to the customer's phone, and whoever tells it may repeat the action."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta
from sanic import Request

from api.routes import customer_routes
from domain import risk
from kit.errors import NotFound


class ChallengeCodeSent(msgspec.Struct):
    """Until when the code holds, and the masked phone it went to."""

    expires_at: datetime
    phone: str


class ChallengeAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """The code."""

    code: Annotated[str, Meta(pattern=r"^[0-9]{6}\Z")]


class ChallengeAnswered(msgspec.Struct):
    """Until when the action may be repeated."""

    until: datetime


# Who is challenged when signing in has no session yet: the id, told to nobody else, is what lets in here.
@customer_routes.route(
    "POST",
    "/challenges/{challenge_id}/codes",
    tag="challenge",
    status=201,
    errors=(404, 409, 422, 503),
    public=True,
)
async def send_challenge_code(request: Request, challenge_id: str) -> ChallengeCodeSent:
    """Send a one-time code by SMS to the phone the bank knows. The id is that of a `risk.challenge`."""
    sent = await risk.send_code(_checked(challenge_id))
    return ChallengeCodeSent(sent.expires_at, sent.phone)


@customer_routes.route(
    "POST",
    "/challenges/{challenge_id}",
    tag="challenge",
    errors=(404, 422),
    public=True,
    example={"code": "123456"},
)
async def answer_challenge(request: Request, challenge_id: str, body: ChallengeAnswer) -> ChallengeAnswered:
    """Tell the code; the action that was refused with `risk.challenge` may be repeated then."""
    return ChallengeAnswered(await risk.answer_challenge(_checked(challenge_id), body.code))


def _checked(challenge_id: str) -> str:
    if len(challenge_id) > 32 or not challenge_id.isascii():
        raise NotFound("risk.no_challenge", "验证已失效，请重新操作")
    return challenge_id
