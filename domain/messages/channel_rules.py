"""What a template may say by its channels, and what it says there. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import msgspec

from domain.messages import rules
from domain.messages.definition import (
    Channel,
    MessageTemplate,
    PushMessage,
    SmsMessage,
    VariableType,
    WeChatMessage,
    WeChatNotice,
)
from domain.messages.policy import MessagePolicy
from domain.messages.rules import Value
from domain.messages.wechat_fields import fit, fits, kind_of, length
from kit.errors import Fault

_SAMPLES: Mapping[VariableType, Value] = {
    VariableType.TEXT: "字",
    VariableType.DATE: date(2026, 11, 30),
    VariableType.AMOUNT: 12_345,
    VariableType.NUMBER: 12,
}
_FREE = frozenset({"thing", "const"})
"""Kinds of field that take any text; a variable text fits no other kind for certain."""


class Content(msgspec.Struct, frozen=True):
    """A message as it is sent by one channel; it becomes due `due_after` it was written."""

    channel: str
    content: dict[str, Any]
    due_after: timedelta


def faults_of_channels(template: MessageTemplate) -> list[Fault]:
    """Everything wrong with a template's channels, each with its path."""
    faults: list[Fault] = []
    if template.loan_offer and template.category != "marketing":
        faults.append(Fault("loan_offer", "message_template.loan_offer", "a loan offer is marketing"))
    seen: set[type] = set()
    for place, channel in enumerate(template.channels):
        path = f"channels[{place}]"
        if type(channel) in seen:
            faults.append(Fault(path, "message_template.repeated", "a channel stands in the list once"))
        seen.add(type(channel))
        for part, text in _texts(channel):
            faults += rules.faults_of_text(f"{path}.{part}", text, template)
        faults += _faults_of(path, channel, template)
    return faults


def _faults_of(path: str, channel: Channel, template: MessageTemplate) -> Iterator[Fault]:
    if isinstance(channel, WeChatNotice) and template.category == "marketing":
        detail = "notices of the official account are for service messages; WeChat forbids marketing by them"
        yield Fault(path, "message_template.marketing_notice", detail)
    if isinstance(channel, SmsMessage) and any(one in channel.text for one in "【】"):
        yield Fault(f"{path}.text", "message_template.signature", "the signature 【…】 is added by itself")
    if isinstance(channel, (WeChatMessage, WeChatNotice)):
        for name, text in channel.fields.items():
            yield from _faults_of_field(f"{path}.fields.{name}", name, text, template)


def _faults_of_field(path: str, name: str, text: str, template: MessageTemplate) -> Iterator[Fault]:
    """With sample values; what a text variable will say is not known, so that it stands only where any text may."""
    kind = kind_of(name)
    said = [one for one in template.variables if one.name in rules.names_in(text)]
    free = name.rstrip("0123456789").rstrip("_") in _FREE
    if not free and any(one.type is VariableType.TEXT for one in said) and kind.words != "1到200个字符":
        yield Fault(path, "message_template.field", f"a text variable fits thing only; this field takes: {kind.words}")
        return
    constant = length(rules.PLACE.sub("", text))
    if constant > kind.longest - (1 if said else 0):
        yield Fault(path, "message_template.field_too_long", f"at most {kind.longest} characters: {kind.words}")
        return
    sample = rules.filled(text, template.variables, {one.name: _SAMPLES[one.type] for one in said})
    if not fits(name, fit(name, sample)):
        yield Fault(path, "message_template.field", f"WeChat takes here: {kind.words}")


def _texts(channel: Channel) -> list[tuple[str, str]]:
    """Everything a channel says, with its path."""
    if isinstance(channel, (WeChatMessage, WeChatNotice)):
        return [(f"fields.{name}", text) for name, text in channel.fields.items()]
    if isinstance(channel, SmsMessage):
        return [("text", channel.text)]
    return [(part, text) for part, text in (("title", channel.title), ("body", channel.body)) if text is not None]


def names_in_channels(template: MessageTemplate) -> set[str]:
    """The variables the channels use."""
    return {name for channel in template.channels for _, text in _texts(channel) for name in rules.names_in(text)}


def contents(
    template: MessageTemplate, values: Mapping[str, Value], link: str | None, policy: MessagePolicy
) -> list[Content]:
    """What goes by each channel, in order."""
    made: list[Content] = []
    due_after, useful = timedelta(), timedelta(hours=template.useful_for_hours)
    for channel in template.channels:
        made.append(Content(channel_name(channel), _content(channel, template, values, link, policy), due_after))
        wait = channel.fallback_after_minutes
        due_after = useful if wait is None else min(useful, due_after + timedelta(minutes=wait))
    return made


def channel_name(channel: Channel) -> str:
    """As it stands in documents."""
    return str(channel.__struct_config__.tag)


def _content(
    channel: Channel, template: MessageTemplate, values: Mapping[str, Value], link: str | None, policy: MessagePolicy
) -> dict[str, Any]:
    def said(text: str) -> str:
        return rules.filled(text, template.variables, values)

    if isinstance(channel, SmsMessage):
        hint = policy.sms_refusal_hint if template.category == "marketing" else ""
        text = said(channel.text).replace("【", "[").replace("】", "]")
        if hint and not text.endswith(hint):
            text = f"{text}{'' if text.endswith(tuple('，。！？；,.!?;')) else '，'}{hint}"
        return {"text": policy.sms_signature + text}
    if isinstance(channel, PushMessage):
        title, body = said(channel.title or template.title), said(channel.body or template.body)
        return {"title": title, "body": body, "link": link}
    fields = {name: fit(name, said(text)) for name, text in channel.fields.items()}
    if isinstance(channel, WeChatMessage):
        return {"template_id": channel.template_id, "fields": fields, "page": channel.page}
    return {"template_id": channel.template_id, "fields": fields, "url": channel.url}
