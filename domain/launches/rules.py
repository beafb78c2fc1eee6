"""What is looked at before a campaign meets its customers. Pure: whoever asks has gathered what is known."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from domain.audiences import Contactable
from domain.campaigns import CampaignDefinition
from domain.coupons.definition import LOAN_KINDS
from domain.launches.forbidden_words import ForbiddenWord
from domain.launches.references import ONLY_LIVE, references

Status = Literal["pass", "warn", "fail"]
_RATE = re.compile(r"年化|年利率")
_FIGURE = re.compile(r"\d+(\.\d+)?\s*[%％]")


class Item(msgspec.Struct, frozen=True):
    """One line of a checklist; `path` leads to the field, with kind and code before it where that is another document's
    (`tasks/fuel-300.summary`).
    """

    check: str
    status: Status
    path: str
    text: str


class Document(msgspec.Struct, frozen=True):
    """One document of the campaign, or one it leads to."""

    kind: str
    code: str
    state: str
    body: dict[str, Any]

    def at(self, field: str) -> str:
        """The path of a field of it."""
        return f"{self.kind}/{self.code}.{field}" if field else f"{self.kind}/{self.code}"


class Stock(msgspec.Struct, frozen=True):
    """What is left of something that is handed out; None is without bound."""

    left: int | None
    cost_fen: int


class Foreseen(msgspec.Struct, frozen=True):
    """What was forecast of a task as it is written now."""

    exceeds: bool


class Members(msgspec.Struct, frozen=True):
    """Of the audience of a campaign: whether it is live, how many belong to it, and can be contacted by which way."""

    live: bool
    count: int
    contactable: Contactable


class Known(msgspec.Struct, frozen=True):
    """All a checklist is judged by. `taking_part` are those of its audience and white list, None where it is for all,
    `was_on_trial` whether an earlier version was; `standing` are the states of all that is referred to, by kind and
    code; `forecasts` are of the tasks in the making, None where there is none.
    """

    definition: CampaignDefinition
    documents: Sequence[Document]
    stocks: Mapping[tuple[str, str], Stock]
    standing: Mapping[tuple[str, str], set[str]]
    words: Sequence[ForbiddenWord] | None
    message_texts: Mapping[str, Mapping[str, Any]]
    audience: Members | None
    taking_part: int | None
    was_on_trial: bool
    spent_fen: int
    forecasts: Mapping[str, Foreseen | None]
    now: datetime


def items(known: Known) -> list[Item]:
    """The whole checklist, in the order in which one reads it; every check says at least one line."""
    checks = (_window, _audience, _texts, _words, _rate, _contents, _references, _stock, _budget, _forecast)
    return [item for check in checks for item in check(known)]


def _window(known: Known) -> Iterator[Item]:
    until = known.definition.window.until
    if until is not None and until <= known.now:
        yield Item("window", "fail", "window.until", "活动结束时间已过，客户无法参加")
    elif until is None:
        yield Item("window", "warn", "window.until", "没有设置结束时间，活动将一直进行")
    else:
        yield Item("window", "pass", "window", "活动时间有效")


def _audience(known: Known) -> Iterator[Item]:
    if known.audience is not None:
        yield _members(known.audience)
    whole = "全部客户" if known.audience is None else "客群内的全部客户"
    if known.definition.trial is not None:
        status: Status = "pass" if known.taking_part else "fail"
        within = "" if known.audience is None else "（且属于客群）"
        yield Item("audience", status, "trial", f"先对白名单{within}开放，共{known.taking_part}人")
    elif known.was_on_trial:
        yield Item("audience", "pass", "trial", f"已经白名单试投放，本版对{whole}开放")
    else:
        yield Item("audience", "warn", "trial", f"没有经过白名单试投放，将直接对{whole}开放")


def _members(members: Members) -> Item:
    if not members.live:
        return Item("audience", "fail", "audience", "活动的客群没有生效，没有人能参加")
    if not members.count:
        return Item("audience", "fail", "audience", "活动的客群里没有客户")
    by = members.contactable
    status: Status = "pass" if by.sms or by.wechat or by.push else "warn"
    text = f"面向客群{members.count}人，可触达：短信{by.sms}人、微信{by.wechat}人、推送{by.push}人"
    return Item("audience", status, "audience", text)


def _texts(known: Known) -> Iterator[Item]:
    missing = [] if known.definition.rules.strip() else [Item("texts", "fail", "rules", "没有活动规则，客户无从了解")]
    for document in known.documents:
        field = {"tasks": "summary", "benefits": "how_to_use"}.get(document.kind)
        if field and not str(document.body.get(field) or "").strip():
            missing.append(Item("texts", "warn", document.at(field), "缺少给客户看的说明"))
    yield from missing or [Item("texts", "pass", "rules", "客户能看到的文案齐全")]


def _words(known: Known) -> Iterator[Item]:
    if known.words is None:
        yield Item("words", "warn", "", "没有生效的禁用词表，文案未经检查")
        return
    found = [
        Item("words", "fail", path, f"含有禁用词“{word.word}”：{word.why}")
        for path, text in _all_texts(known)
        for word in known.words
        if holds(text, word)
    ]
    yield from found or [Item("words", "pass", "", "文案中没有禁用词")]


def holds(text: str, word: ForbiddenWord) -> bool:
    """Whether the word stands in the text other than within one of the longer words it may stand in."""
    for longer in sorted(word.unless, key=len, reverse=True):
        text = text.replace(longer, "\0")
    return word.word in text


def _all_texts(known: Known) -> Iterator[tuple[str, str]]:
    yield "name", known.definition.name
    yield "rules", known.definition.rules
    for document in known.documents:
        for field in ("name", "summary", "description", "how_to_use"):
            if isinstance(text := document.body.get(field), str):
                yield document.at(field), text
    for code, body in known.message_texts.items():
        for field in ("title", "body"):
            yield f"message-templates/{code}.{field}", str(body.get(field) or "")


def _rate(known: Known) -> Iterator[Item]:
    promoted = [one for one in known.documents if one.body.get("kind") in LOAN_KINDS]
    rules = known.definition.rules
    if not promoted:
        yield Item("rate", "pass", "rules", "没有推广借款的优惠券")
    elif _RATE.search(rules) and _FIGURE.search(rules):
        yield Item("rate", "pass", "rules", "活动规则写明了年化利率")
    else:
        names = "、".join(str(one.body["name"]) for one in promoted[:3])
        yield Item("rate", "fail", "rules", f"活动推广借款（{names}），活动规则必须写明年化利率")


def _contents(known: Known) -> Iterator[Item]:
    drafts = [one for one in known.documents if one.state == "draft"]
    if not known.documents:
        yield Item("contents", "warn", "", "活动还没有任务、券或权益")
    for one in drafts:
        yield Item("contents", "warn", one.at(""), f"“{one.body['name']}”还是草稿，没有提交")
    if known.documents and not drafts:
        yield Item("contents", "pass", "", f"活动的{len(known.documents)}项内容都已提交或上线")


def _references(known: Known) -> Iterator[Item]:
    faults = []
    for document in known.documents:
        for field, kind, code in references(document.kind, document.body):
            states = known.standing.get((kind, code), set())
            enough = {"live"} if kind in ONLY_LIVE else {"live", "submitted", "checked", "scheduled"}
            if not states & enough:
                check = "messages" if kind == "message-templates" else "references"
                faults.append(Item(check, "fail", document.at(field), f"引用的 {kind}/{code} 没有上线或提交"))
    yield from faults or [Item("references", "pass", "", "引用的券、权益、任务、客群、标签和消息模板都可用")]


def _stock(known: Known) -> Iterator[Item]:
    found = []
    for one in known.documents:
        stock = known.stocks.get((one.kind, one.code))
        if stock is None or stock.left is None:
            continue
        reach, name = _reach(known, one), one.body["name"]
        if stock.left <= 0:
            found.append(Item("stock", "fail", one.at("stock"), f"“{name}”已没有库存"))
        elif reach is None:
            found.append(Item("stock", "warn", one.at("stock"), f"“{name}”还有{stock.left}份，参加人数不限，先到先得"))
        elif reach > stock.left:
            text = f"“{name}”还有{stock.left}份，少于可能参加的{reach}人次，先到先得"
            found.append(Item("stock", "warn", one.at("stock"), text))
    yield from found or [Item("stock", "pass", "", "库存足够")]


def _reach(known: Known, document: Document) -> int | None:
    """How many may ask for it at most; None where nothing bounds that."""
    if known.taking_part is not None:
        return known.taking_part * int(document.body.get("per_person") or 1)
    name = {"coupon-templates": "coupon", "benefits": "benefit"}[document.kind]
    if (document.body.get("issue") or {}).get("centre") or document.body.get("exchange"):
        return None
    given = (step for one in known.documents if one.kind == "journeys" for step in one.body["steps"].values())
    if any(step.get(name) == document.code for step in given):
        return None
    total = 0
    for task in known.documents:
        times = sum(1 for reward in task.body.get("rewards") or [] if reward.get(name) == document.code)
        places = (task.body.get("claim") or {}).get("places")
        if task.kind == "tasks" and times:
            if places is None:
                return None
            total += places * times
    return total


def _budget(known: Known) -> Iterator[Item]:
    worst = sum((stock.left or 0) * stock.cost_fen for stock in known.stocks.values())
    unbounded = any(stock.left is None and stock.cost_fen for stock in known.stocks.values())
    budget = known.definition.budget
    if budget is None:
        status: Status = "warn" if worst or unbounded else "pass"
        yield Item(
            "budget", status, "budget", "没有设置预算" + ("，花费只受库存限制" if status == "warn" else "，也没有花费")
        )
        return
    left = budget.total_fen - known.spent_fen
    if left <= 0:
        yield Item("budget", "fail", "budget.total_fen", "预算已用完")
    elif unbounded or worst > left:
        most = "不限" if unbounded else f"{worst / 100:.2f}元"
        text = f"全部发完最多需要{most}，预算还有{left / 100:.2f}元，用完即止"
        yield Item("budget", "warn", "budget.total_fen", text)
    else:
        yield Item("budget", "pass", "budget.total_fen", f"预算还有{left / 100:.2f}元，足够全部发完")


def _forecast(known: Known) -> Iterator[Item]:
    if not known.forecasts:
        yield Item("forecast", "pass", "", "没有待上线的任务需要预测")
        return
    found = []
    for one in known.documents:
        if one.kind != "tasks" or one.code not in known.forecasts:
            continue
        foreseen, name = known.forecasts[one.code], one.body["name"]
        if foreseen is None:
            found.append(Item("forecast", "warn", one.at(""), f"“{name}”的现有内容还没有预测"))
        elif foreseen.exceeds:
            found.append(Item("forecast", "warn", one.at(""), f"按预测，“{name}”的奖励会用完预算"))
    yield from found or [Item("forecast", "pass", "", "按预测，预算足够")]
