"""Who somebody is: login codes of the mini-program and of pages inside WeChat, and phone codes."""

from typing import Any, Literal
from urllib.parse import urlencode

from wechatpy.exceptions import WeChatClientException

from channels.outbound import no_answer
from channels.wechat import refusals
from channels.wechat.api import PARTNER, App
from domain.ports import NoAnswer, Refused, WeChatUser

Scope = Literal["snsapi_base", "snsapi_userinfo"]
_PHONE_URL = "https://api.weixin.qq.com/wxa/business/getuserphonenumber"
_PROFILE = "snsapi_userinfo"
_VIRTUAL = ("wechat.virtual_account", "当前为快照页，请点击页面右下角的“使用完整服务”后再登录")


async def mini_user(app: App, code: str) -> WeChatUser:
    """As `domain.ports.WeChat.mini_user`. The session key is dropped here."""
    answer = await _asked(app, app.wxa.code_to_session(code))
    return _user(answer)


async def phone(app: App, code: str, openid: str) -> str:
    """As `domain.ports.WeChat.phone`."""
    answer = await _asked(app, app.post(_PHONE_URL, data={"code": code, "openid": openid}))
    info = answer.get("phone_info")
    number = info.get("purePhoneNumber") if isinstance(info, dict) else None
    if not _is_text(number):
        raise no_answer(PARTNER, "no phone number")
    return str(number)


async def web_user(app: App, code: str) -> WeChatUser:
    """As `domain.ports.WeChat.web_user`; the user's own token is dropped here.

    A profile that cannot be read leaves the nickname out: the code is spent, and says who it is without it.
    """
    asked = {"appid": app.appid, "secret": app.secret, "code": code, "grant_type": "authorization_code"}
    answer = await _asked(app, app.get("https://api.weixin.qq.com/sns/oauth2/access_token", params=asked))
    user = _user(answer)
    _refuse_virtual(answer)
    token, scopes = answer.get("access_token"), str(answer.get("scope", "")).split(",")
    if _PROFILE not in scopes or not _is_text(token):
        return user
    asked = {"access_token": token, "openid": user.openid, "lang": "zh_CN"}
    try:
        profile = await _asked(app, app.get("https://api.weixin.qq.com/sns/userinfo", params=asked))
    except (NoAnswer, Refused):
        return user
    _refuse_virtual(profile)
    unionid, nickname = profile.get("unionid"), profile.get("nickname")
    return WeChatUser(
        user.openid,
        unionid if _is_text(unionid) else user.unionid,
        nickname if _is_text(nickname) else None,
    )


def authorize_url(base: str, app_id: str, redirect: str, state: str, scope: Scope) -> str:
    """As `domain.ports.WeChat.authorize_url`. The order of the parameters is WeChat's: it refuses any other."""
    asked = {"appid": app_id, "redirect_uri": redirect, "response_type": "code", "scope": scope, "state": state}
    return f"{base}/connect/oauth2/authorize?{urlencode(asked)}#wechat_redirect"


async def _asked(app: App, call: Any) -> dict[str, Any]:
    try:
        return await app.ask(call)
    except WeChatClientException as error:
        refusals.sign_in(error)


def _user(answer: dict[str, Any]) -> WeChatUser:
    if not _is_text(answer.get("openid")):
        raise no_answer(PARTNER, "no openid")
    unionid = answer.get("unionid")
    return WeChatUser(answer["openid"], unionid if _is_text(unionid) else None)


def _refuse_virtual(answer: dict[str, Any]) -> None:
    """A page looked at before its visitor agreed to anything is shown with an account WeChat made up."""
    if answer.get("is_snapshotuser") in (1, "1", True):
        raise Refused(*_VIRTUAL)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)
