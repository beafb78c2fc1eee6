"""How many customers a campaign is for."""

from pyroaring import BitMap64

from domain import audiences
from domain.campaigns.definition import CampaignDefinition
from domain.campaigns.white_list import white_list
from kit import database


async def size_of(campaign: str, definition: CampaignDefinition) -> int | None:
    """How many take part under this version of it: they belong to its audience, and stand on its white list. None where
    it is for everybody.
    """
    among: list[BitMap64] = []
    async with database.connection() as connection:
        if definition.trial is not None:
            listed = await white_list(campaign, definition.trial)
            ids = BitMap64(listed.named)
            if listed.audience is not None:
                ids |= await audiences.members(connection, listed.audience) - BitMap64(listed.struck)
            among.append(ids)
        if definition.audience is not None:
            among.append(await audiences.members(connection, definition.audience))
    return len(BitMap64.intersection(*among)) if among else None
