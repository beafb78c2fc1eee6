"""Message templates as a kind of configuration."""

from domain.approvals import Kind, Version
from domain.messages import channel_rules, rules
from domain.messages.catalogue import KIND
from domain.messages.definition import MessageTemplate
from kit.database import Connection
from kit.errors import RuleViolated


async def check(code: str, definition: MessageTemplate) -> None:
    """Raises `RuleViolated` (`message_template.impossible`) with the path of each fault."""
    faults = [
        *rules.faults_of(definition, channel_rules.names_in_channels(definition)),
        *channel_rules.faults_of_channels(definition),
    ]
    if faults:
        raise RuleViolated("message_template.impossible", "消息模板有误，请按所列路径修改", faults)


async def went_live(connection: Connection, version: Version) -> None:
    """Nothing follows: what was written stays as it was written."""


MESSAGE_TEMPLATES = Kind(KIND, MessageTemplate, check, went_live)
