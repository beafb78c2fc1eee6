"""What operators read about a customer's way. Pure."""

from collections.abc import Mapping

from domain.journeys.definition import (
    GiveBenefit,
    GiveCoupon,
    GiveTask,
    SendMessage,
    Share,
    Split,
    Step,
)
from domain.journeys.states import Exit

KINDS: Mapping[str, str] = {
    "wait": "等待",
    "wait_for": "等待事件",
    "split": "条件分流",
    "share": "比例分流",
    "coupon": "发券",
    "benefit": "发权益",
    "task": "推送任务",
    "message": "发消息",
    "end": "结束",
}
_EXITS: Mapping[str, str] = {
    Exit.WAITED: "等待到时",
    Exit.HAPPENED: "等到了",
    Exit.TIMED_OUT: "超时未等到",
    Exit.OTHERWISE: "不符合任何分支",
    Exit.PASSED: "之前已给过，跳过",
    Exit.ENDED: "旅程结束",
    Exit.STOPPED: "旅程被中止",
}
_REASONS: Mapping[str, str] = {
    "coupon.not_offered": "券模板未上线",
    "coupon.outside_issue_window": "不在发券时间内",
    "coupon.personal_cap": "已达每人上限",
    "coupon.out_of_stock": "券库存不足",
    "coupon.daily_cap": "当日已发完",
    "benefit.no_owner": "客户已注销",
    "benefit.not_offered": "权益未上线",
    "benefit.personal_cap": "已达每人上限",
    "benefit.out_of_stock": "权益库存不足",
    "budget.exhausted": "活动预算已用完",
    "budget.day_exhausted": "活动当日预算已用完",
    "budget.branch_exhausted": "分行预算已用完",
    "budget.closed": "活动已关闭",
    "budget.released": "预算已释放",
    "task.not_offered": "任务未上线或领取已结束",
    "task.not_visible": "任务对该客户不可见",
    "task.held": "客户已有该任务",
    "task.offered_already": "该任务已推荐给客户",
    "task.outside_claim_window": "不在领取时间内",
    "task.no_places": "任务名额已满",
    "message.not_offered": "消息模板未上线",
    "message.no_consent": "客户未同意接收营销消息",
    "journey_ended": "旅程已下线",
    "account_erased": "客户已注销",
}


def kind_of(step: Step) -> str:
    """The type of a step as it is written."""
    return str(step.__struct_config__.tag)


def title_of(step: Step) -> str:
    """The name operators gave a step, or what it is."""
    return step.name or KINDS[kind_of(step)]


def why(step: Step, exit: str, code: str | None) -> str:
    """Why a step was left that way, in words."""
    if isinstance(step, Split | Share) and exit not in _EXITS:
        return f"进入分支“{exit}”"
    if exit == Exit.DONE:
        return _done(step)
    said = _EXITS.get(exit, "未能办理" if exit == Exit.FAILED else exit)
    return f"{said}：{reason(code)}" if code else said


def reason(code: str) -> str:
    """The words for a code, or the code."""
    return _REASONS.get(code, code)


def _done(step: Step) -> str:
    if isinstance(step, GiveTask):
        return "已推荐任务" if step.mode == "offer" else "已代领任务"
    given: dict[type[Step], str] = {GiveCoupon: "已发券", GiveBenefit: "已发权益", SendMessage: "已发消息"}
    return given.get(type(step), "已办理")
