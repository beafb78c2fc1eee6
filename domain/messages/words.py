"""What operators read of states and reasons of deliveries. Pure."""

REASONS: dict[str, str] = {
    "not_needed": "已由前面的渠道送达，无需再发",
    "fell_back": "前面的渠道未按时送达，已改用后面的渠道",
    "earlier_channel_asked": "前面的渠道正在发送，等待结果",
    "too_old": "超过消息有效时间，不再发送",
    "no_address": "该渠道没有客户的联系方式（未绑定、无手机号或已注销）",
    "no_consent": "客户未同意该渠道的营销消息",
    "refused": "客户已退订该渠道的营销消息",
    "in_collection": "客户在催收中，不发贷款营销",
    "overdue": "客户有逾期，不发贷款营销",
    "no_subscription": "客户没有可用的微信订阅次数",
    "quiet_hours": "免打扰时段，推迟到时段结束",
    "too_many_today": "当天营销消息已达上限",
    "too_many_this_week": "七天内营销消息已达上限",
    "channel_quota": "微信当日调用次数已用完",
    "wechat.quota": "微信当日调用次数已用完",
    "wechat.refused_by_user": "客户在微信拒收该消息或订阅次数已用完",
    "wechat.not_follower": "客户未关注公众号",
    "wechat.bad_fields": "微信不接受消息内容",
    "wechat.window_closed": "客户48小时内没有互动",
    "sms.phone": "短信网关不接受该手机号",
    "sms.conflict": "短信网关已用同一编号发送过其他内容",
    "push.no_device": "客户没有使用手机银行的设备",
    "push.disabled": "客户关闭了手机银行通知",
    "push.conflict": "推送服务已用同一编号发送过其他内容",
    "no_answer": "渠道没有应答，稍后再试",
    "core_no_answer": "核心系统没有应答，未取到手机号，稍后再试",
    "outcome_unknown": "渠道没有应答，结果未知，为避免重复不再发送",
    "not_delivered": "渠道回执：未送达",
}
STATES: dict[str, str] = {
    "waiting": "等待发送",
    "sending": "正在发送",
    "sent": "已发送，未收到回执",
    "delivered": "已送达",
    "failed": "发送失败",
    "skipped": "未发送",
}


def told(state: str, reason: str | None) -> str:
    """In plain Chinese; a reason of a provider's own stands as it is."""
    if reason is None:
        return STATES[state]
    return f"{STATES[state]}：{REASONS.get(reason, reason)}"
