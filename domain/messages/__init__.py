"""Messages to customers: templates with typed variables, written once to the inbox, read by their owner."""

from domain.messages.catalogue import catalogue, template_exists, variables_of
from domain.messages.check_for_tasks import faults_for_tasks
from domain.messages.check_use import faults_of_use
from domain.messages.definition import MessageTemplate, Variable, VariableType
from domain.messages.kind import MESSAGE_TEMPLATES
from domain.messages.prepare import Notice, prepare
from domain.messages.preview import Preview, preview
from domain.messages.queries import Message, inbox, unread
from domain.messages.read import read, read_all

__all__ = [
    "MESSAGE_TEMPLATES",
    "Message",
    "MessageTemplate",
    "Notice",
    "Preview",
    "Variable",
    "VariableType",
    "catalogue",
    "faults_for_tasks",
    "faults_of_use",
    "inbox",
    "prepare",
    "preview",
    "read",
    "read_all",
    "template_exists",
    "unread",
    "variables_of",
]
