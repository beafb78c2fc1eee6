"""Messages to customers: templates with typed variables, written once to the inbox, sent by channels."""

from domain.messages.catalogue import catalogue, template_exists, variables_of
from domain.messages.check_use import faults_of_use
from domain.messages.contacts import Contact, Contacts, Figures, contacts, figures
from domain.messages.definition import MessageTemplate, Variable, VariableType
from domain.messages.hear_receipts import Receipt, hear_receipts
from domain.messages.hear_replies import Reply, hear_replies
from domain.messages.hear_subscriptions import Subscription, hear_subscriptions
from domain.messages.kind import MESSAGE_TEMPLATES
from domain.messages.policy import MESSAGE_POLICIES, MessagePolicy
from domain.messages.prepare import Notice, prepare
from domain.messages.preview import ByChannel, Preview, preview
from domain.messages.queries import Message, inbox, unread
from domain.messages.read import read, read_all
from domain.messages.rules import OF_JOURNEYS, OF_LEVELS, OF_TASKS
from domain.messages.send import CHANNELS, send
from domain.messages.without_consent import without_consent

__all__ = [
    "CHANNELS",
    "MESSAGE_POLICIES",
    "MESSAGE_TEMPLATES",
    "OF_JOURNEYS",
    "OF_LEVELS",
    "OF_TASKS",
    "ByChannel",
    "Contact",
    "Contacts",
    "Figures",
    "Message",
    "MessagePolicy",
    "MessageTemplate",
    "Notice",
    "Preview",
    "Receipt",
    "Reply",
    "Subscription",
    "Variable",
    "VariableType",
    "catalogue",
    "contacts",
    "faults_of_use",
    "figures",
    "hear_receipts",
    "hear_replies",
    "hear_subscriptions",
    "inbox",
    "prepare",
    "preview",
    "read",
    "read_all",
    "send",
    "template_exists",
    "unread",
    "variables_of",
    "without_consent",
]
