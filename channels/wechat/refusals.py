"""What WeChat's errcodes mean: to a customer who signs in, and to whoever sends a message. All others are no answer."""

from typing import NoReturn

from wechatpy.exceptions import WeChatClientException

from channels.outbound import no_answer
from channels.wechat.api import PARTNER
from domain.ports import Refused, WeChatNotSent

_SIGN_IN = {
    40003: ("wechat.bad_code", "登录凭证与用户不符，请重新进入"),
    40029: ("wechat.bad_code", "登录凭证无效，请重新进入"),
    40163: ("wechat.bad_code", "登录凭证已使用，请重新进入"),
    40226: ("wechat.risky_user", "微信提示该账号存在风险，暂不能登录"),
    42003: ("wechat.bad_code", "登录凭证已过期，请重新进入"),
    45011: ("wechat.too_often", "操作过于频繁，请稍后再试"),
}
_REFUSED = ("wechat.refused_by_user", "用户未订阅或已用完订阅次数")
_STRANGER = ("wechat.not_follower", "用户未关注公众号")
_FIELDS = ("wechat.bad_fields", "模板或其内容不符合微信的要求")
_QUOTA = ("wechat.quota", "今日调用次数已用完")
_CLOSED = ("wechat.window_closed", "用户48小时内没有互动，不能发送客服消息")
_MESSAGE = {
    40003: _STRANGER,  # an openid this app does not know
    40036: _FIELDS,  # template id of a wrong form
    40037: _FIELDS,  # no such template
    41030: _FIELDS,  # no such page
    43004: _STRANGER,
    43019: ("wechat.not_follower", "用户已被公众号拉黑"),
    43101: _REFUSED,
    45002: ("wechat.bad_fields", "消息内容超过微信允许的长度"),
    45009: _QUOTA,
    45015: _CLOSED,
    45047: ("wechat.window_closed", "用户互动后可发送的客服消息条数已用完"),
    47003: _FIELDS,
}
_LINK = {
    40165: ("wechat.bad_page", "小程序页面路径不正确"),
    40212: ("wechat.bad_page", "小程序页面参数不正确"),
    44990: ("wechat.too_often", "操作过于频繁，请稍后再试"),
    45009: _QUOTA,
    85401: ("wechat.bad_page", "链接有效期不正确"),
    85403: ("wechat.quota", "可生成的链接数量已达上限"),
}


def sign_in(error: WeChatClientException) -> NoReturn:
    """Raises `Refused`, or `NoAnswer` for what only we can mend."""
    _raise(error, _SIGN_IN, Refused)


def message(error: WeChatClientException) -> NoReturn:
    """Raises `WeChatNotSent`, or `NoAnswer` for what may go better later or only we can mend."""
    _raise(error, _MESSAGE, WeChatNotSent)


def link(error: WeChatClientException) -> NoReturn:
    """Raises `Refused`, or `NoAnswer`."""
    _raise(error, _LINK, Refused)


def _raise(error: WeChatClientException, table: dict[int, tuple[str, str]], kind: type[Refused]) -> NoReturn:
    if error.errcode in table:
        raise kind(*table[error.errcode]) from None
    raise no_answer(PARTNER, f"errcode {error.errcode}") from None
