"""The texts consents are given to, as they read at present. A text that is changed gets a new version."""

import msgspec

from domain.consents.purpose import Purpose


class Document(msgspec.Struct, frozen=True):
    """What a customer reads before deciding; `version` is kept with every decision."""

    version: str
    title: str
    text: str


DOCUMENTS: dict[Purpose, Document] = {
    Purpose.PRIVACY: Document(
        "2026-11",
        "隐私政策",
        "我们收集并使用：您在本行的客户号、姓名（页面上只显示姓氏）、客户阶段和卡产品，您的信用卡交易"
        "（金额、时间、商户、商户类别），以及您绑定的微信标识。用途只有：计算任务进度、发放奖励、防止冒领、依法记账。"
        "我们不向第三方出售这些信息；为您发放权益时，只告诉供应商要发放什么。"
        "您可以随时在“我的”里查看、导出、撤回同意或注销账户。撤回后，页面不再展示您的任务和交易，已经记下的账目依法保存。",
    ),
    Purpose.MARKETING_SMS: Document(
        "2026-11",
        "短信营销消息",
        "同意后，我们会用短信告诉您新的任务、优惠券和权益。您回复 TD 或在这里关闭后不再发送。"
        "与您的账户和奖励有关的服务通知不受影响。",
    ),
    Purpose.MARKETING_WECHAT: Document(
        "2026-11",
        "微信营销消息",
        "同意后，我们会用微信告诉您新的任务、优惠券和权益。在这里关闭后不再发送。与您的账户和奖励有关的服务通知不受影响。",
    ),
    Purpose.MARKETING_PUSH: Document(
        "2026-11",
        "手机银行推送",
        "同意后，我们会用手机银行的通知告诉您新的任务、优惠券和权益。在这里关闭后不再发送。"
        "与您的账户和奖励有关的服务通知不受影响。",
    ),
    Purpose.PERSONALISATION: Document(
        "2026-11",
        "个性化推荐",
        "开启时，您完成任务后，我们会按您的客户阶段、等级、卡产品和完成情况，为您挑选接下来的任务。"
        "关闭后，不再按这些信息挑选，您只会看到对所有人一样的后续任务。已经领取的任务和奖励不受影响。",
    ),
}
