"""Verdicts and what is missing, in the customer's words."""

from datetime import datetime

from domain.scopes import Measure
from domain.tasks.conditions.leaf import Leaf
from domain.tasks.conditions.verdict import Outcome, Verdict
from kit import clock
from kit.money import short_yuan, yuan

_NOUNS = {
    "purchase": "消费",
    "cash_advance": "取现",
    "instalment": "分期",
    "repayment": "还款",
    "refund": "退款",
    "reversal": "撤销",
    "chargeback": "拒付",
    "sign_in": "签到",
    "app_login": "登录",
    "invite_accepted": "邀请",
    "survey_done": "问卷",
    "status": "状态更新",
}
_REASONS = {
    Outcome.MCC: "商户类别不符",
    Outcome.MCC_EXCLUDED: "该类商户的消费不参与活动",
    Outcome.MERCHANT: "不是指定商户",
    Outcome.CHANNEL: "交易渠道不符",
    Outcome.CARD_PRODUCT: "卡种不符",
    Outcome.WALLET: "支付钱包不符",
    Outcome.REGION: "地区不符",
    Outcome.WEEKDAY: "不在指定星期",
    Outcome.HOUR: "不在指定时段",
    Outcome.AMOUNT_DIFFERS: "单笔金额不符",
    Outcome.SCOPE: "不在指定范围",
    Outcome.BEFORE_CLAIM: "早于任务领取时间",
    Outcome.BEFORE_WINDOW: "早于任务的计算时间",
    Outcome.AFTER_WINDOW: "晚于任务的计算时间",
    Outcome.AFTER_EXPIRY: "任务已到期",
    Outcome.REFUNDED: "已全额退款",
    Outcome.DAY_COUNTED: "当天已计入",
    Outcome.MERCHANT_COUNTED: "该商户已计入",
    Outcome.MERCHANT_UNKNOWN: "缺少商户信息",
    Outcome.NOT_LARGEST: "已有金额更高的一笔",
    Outcome.STATUS_DIFFERS: "状态不符",
    Outcome.STATUS_CHANGED: "之后状态又有变化",
    Outcome.STATUS_KNOWN: "状态已经记录",
    Outcome.ARRIVED_LATE: "记录送达时任务已关闭",
    Outcome.AFTER_COMPLETION: "任务已经完成",
}


def verdict_text(leaf: Leaf, verdict: Verdict) -> str:
    """For instance `11月3日 的消费未计入：商户类别不符`."""
    noun, amount = _NOUNS.get(verdict.event.type, "活动记录"), f"{yuan(verdict.amount_fen)} 元"
    if verdict.code is Outcome.DEDUCTED:
        return f"{noun} {amount}已从进度中扣除"
    of_what, in_money = f"{_day(verdict.event.occurred_at)} 的{noun}", leaf.item.unit == "fen"
    if verdict.code is Outcome.COUNTED:
        return f"{of_what}已计入 {amount}" if in_money else f"{of_what}已计入"
    if verdict.code is Outcome.PARTLY_REFUNDED:
        return f"{of_what}部分退款，{f'按 {amount}' if in_money else '仍'}计入"
    note = f"（{verdict.note}）" if verdict.note else ""
    return f"{of_what}未计入：{_REASONS.get(verdict.code) or _amount_reason(verdict)}{note}"


def _amount_reason(verdict: Verdict) -> str:
    bound_fen = verdict.bound_fen or 0
    if verdict.code is Outcome.AMOUNT_TOO_LARGE:
        return f"单笔金额超过 {short_yuan(bound_fen)} 元"
    was_enough = verdict.event.amount_fen >= bound_fen
    return f"{'退款后' if was_enough else ''}单笔金额不足 {short_yuan(bound_fen)} 元"


def missing_text(leaf: Leaf, label: str, missing: int) -> str:
    """For instance `领取后加油站消费还差 86.50 元`: the label, its threshold replaced by what is missing."""
    if missing <= 0:
        return "已完成"
    if leaf.item.measure is Measure.STATUS:
        return f"还需要：{label}"
    if leaf.item.measure is Measure.SINGLE:
        largest = "" if missing == leaf.target else f"（最高的一笔还差 {yuan(missing)} 元）"
        return f"还需要一笔：{label}{largest}"
    if leaf.item.measure is Measure.AMOUNT:
        return f"{label.removesuffix(f'满{short_yuan(leaf.target)}元')}还差 {yuan(missing)} 元"
    if leaf.item.measure is Measure.MERCHANTS:
        return f"{label.replace(f'在{leaf.target}家', '在', 1)}还差 {missing} 家"
    unit = label[-1]
    return f"{label.removesuffix(f'{leaf.target}{unit}')}还差 {missing} {unit}"


def changed_text(at: datetime, before: int, after: int) -> str:
    """That a new version of the task moved the progress, in percent."""
    return f"{_day(at)} 任务要求有调整，进度由 {before}% 变为 {after}%"


def _day(instant: datetime) -> str:
    day = clock.business_day(instant)
    return f"{day.month}月{day.day}日"
