"""The fields of WeChat's templates are checked before sending: it names no field when it refuses (47003)."""

from collections.abc import Mapping

from domain.messages.wechat_fields import KINDS, fit, fits, kind_of, length
from domain.ports import WeChatNotSent

__all__ = ["KINDS", "fits", "fitted", "kind_of", "length"]


def fitted(fields: Mapping[str, str]) -> dict[str, str]:
    """`fields` as they can be sent. Raises `WeChatNotSent` (`wechat.bad_fields`) naming every field that cannot."""
    made = {name: fit(name, value) for name, value in fields.items()}
    wrong = [f"{name}应为{kind_of(name).words}" for name, value in made.items() if not fits(name, value)]
    if wrong:
        raise WeChatNotSent("wechat.bad_fields", "；".join(wrong))
    return made
