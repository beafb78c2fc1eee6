"""A campaign before it meets its customers: what belongs to it, and its checklist."""

from typing import Literal

import msgspec
from sanic import Request

from admin_api.configuration_view import ConfigurationView, views
from admin_api.guard import Scope, access
from domain import launches
from domain.approvals import State
from domain.operators import OperatorIdentity
from kit.http import Routes


class ContentItem(msgspec.Struct):
    """The newest version of something that names the campaign."""

    kind: str
    code: str
    name: str
    version: int
    state: State
    content_hash: str
    cost_fen: int


class CampaignContents(msgspec.Struct):
    """The campaign, and what belongs to it by kind and code."""

    campaign: ConfigurationView
    items: list[ContentItem]


class ChecklistItem(msgspec.Struct):
    """One line; `path` leads to the field, with kind and code before it where it is another document's."""

    check: str
    status: Literal["pass", "warn", "fail"]
    path: str
    text: str


class CampaignChecklist(msgspec.Struct):
    """The checklist of the newest version; `ready` where nothing failed."""

    version: int
    ready: bool
    items: list[ChecklistItem]


async def get_campaign_contents(request: Request, code: str, subject: OperatorIdentity) -> CampaignContents:
    """Everything that belongs to a campaign, in the making or live; of the operator's branch."""
    found = await launches.contents(code, subject)
    [campaign] = await views([found.campaign])
    return CampaignContents(
        campaign,
        [
            ContentItem(
                kind=one.kind,
                code=one.code,
                name=str(one.body.get("name") or one.code),
                version=one.version,
                state=State(one.state),
                content_hash=one.content_hash,
                cost_fen=one.cost_fen,
            )
            for one in found.all
        ],
    )


async def get_campaign_checklist(request: Request, code: str, subject: OperatorIdentity) -> CampaignChecklist:
    """Whether the campaign is ready for its customers, as things are now: each item passes, warns or fails."""
    found = await launches.checklist(code, subject)
    items = [ChecklistItem(one.check, one.status, one.path, one.text) for one in found.items]
    return CampaignChecklist(found.version, not found.failed, items)


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    room.route("GET", "/campaigns/{code}/contents", tag="campaigns", errors=(404,), access=access(Scope.ONE))(
        get_campaign_contents
    )
    room.route("GET", "/campaigns/{code}/checklist", tag="campaigns", errors=(404,), access=access(Scope.ONE))(
        get_campaign_checklist
    )
