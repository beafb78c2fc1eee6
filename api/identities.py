"""The WeChat identities bound to the customer's card."""

from datetime import datetime
from typing import Literal

import msgspec
from sanic import Request

from api.routes import Subject, customer_routes, number_of
from api.sessions import no_cookie
from domain import customers
from kit.errors import NotFound
from kit.http import Answer
from kit.masking import mask_name_of_channel


class BoundIdentity(msgspec.Struct):
    """One bound WeChat; `name` is its openid, masked. `current`: this session came by it."""

    identity_id: str
    channel: Literal["wechat_mini", "wechat_h5"]
    name: str
    bound_at: datetime
    current: bool


class BoundIdentityList(msgspec.Struct):
    """Oldest binding first."""

    items: list[BoundIdentity]


@customer_routes.route("GET", "/identities", tag="binding")
async def list_identities(request: Request, subject: Subject) -> BoundIdentityList:
    """The WeChat identities bound to this customer."""
    return BoundIdentityList(
        [
            BoundIdentity(
                str(one.id),
                one.channel,  # type: ignore[arg-type]  # the column holds nothing else
                mask_name_of_channel(one.subject),
                one.bound_at,
                one.id == subject.identity_id,
            )
            for one in await customers.identities(subject.customer_id)
        ]
    )


@customer_routes.route("DELETE", "/identities/{identity_id}", tag="binding", status=204, errors=(404,))
async def unbind_identity(request: Request, identity_id: str, subject: Subject) -> Answer[None]:
    """Unbind a WeChat identity: its sessions end at once, everything of the customer stays.

    It may be bound again, to this card or another. When this session came by it, this session ends too.
    """
    wanted = number_of(identity_id, NotFound("identity.not_found", "没有这个绑定的微信"))
    ended = await customers.unbind(subject.customer_id, wanted)
    for session_id in ended:
        request.app.ctx.customer_tokens.forget(session_id)
    return Answer(None, status=204, cookie=no_cookie(request) if subject.session_id in ended else None)
