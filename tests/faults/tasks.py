"""The live tasks of a fault run: each as an operator writes it, and beside it, in plain Python, what it means."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.faults.model import SHANGHAI, History, Life, Transaction, Window, month_of, week_of

Condition = dict[str, Any]
Measures = Callable[[History, Life], list[int]]

NOW = datetime(2026, 11, 3, 12, tzinfo=SHANGHAI)
"""When a run begins, a Tuesday; business time is moved on by a day twice while it lasts."""
FROM = datetime(2026, 10, 1, tzinfo=SHANGHAI)
FIRST_EVENT = datetime(2026, 9, 10, tzinfo=SHANGHAI)
LATENESS = timedelta(days=7)
COUPON = "fault-coupon"
CAMPAIGN = "fault-campaign"
PLACES = 25
FUEL, GROCERY, BETTING = ("5541", "5542"), ("5411",), ("7995",)
FESTIVAL = (datetime(2026, 10, 10, tzinfo=SHANGHAI), datetime(2026, 10, 26, tzinfo=SHANGHAI))
BUDGETED = {"name": "预算", "type": "use", "budget": {"total_fen": 10**12, "daily_fen": 10**11}}
"""More than a run can cost: what crashes could break is the ledger."""
TEMPLATE = {
    "name": "还款券",
    "kind": "repayment",
    "value": {"amount_fen": 500},
    "validity": {"mode": "dynamic", "days": 300},
    "stock": 1_000_000,
    "per_person": None,
    "campaign": CAMPAIGN,
    "cost_fen": 500,
}


def once(expires: timedelta | None = None) -> list[Life]:
    """The one claim there can be."""
    return [Life(FROM, FROM + expires) if expires else Life(FROM)]


def in_cycles(period_of: Callable[[datetime], tuple[datetime, datetime]]) -> list[Life]:
    """A claim for each period since the task began whose end late events may still reach."""
    lives, moment = [], FROM
    while moment <= NOW + timedelta(days=1):
        begins, ends = period_of(moment)
        if ends + LATENESS > NOW:
            lives.append(Life(max(begins, FROM), ends))
        moment = ends
    return lives


@dataclass(frozen=True)
class Task:
    """`measures` says how far each condition has come; the task is done when `need` of them reach their targets."""

    code: str
    content: Condition
    measures: Measures
    targets: tuple[int, ...]
    need: int
    lives: list[Life] = field(default_factory=once)
    terms: dict[str, Any] = field(default_factory=dict)
    experience: int = 10
    coupon: bool = False
    settle_after_days: int = 0

    def done(self, measured: list[int]) -> bool:
        """Whether the task is completed."""
        return sum(one >= target for one, target in zip(measured, self.targets, strict=True)) >= self.need

    def cycle(self, life: Life) -> str:
        """What the platform calls the cycle of a claim."""
        named = {"weekly": "%G-W%V", "monthly": "%Y-%m"}.get(self.terms.get("cycle", ""))
        return life.begins.strftime(named) if named else "once"

    @property
    def rewards(self) -> list[str]:
        """What a completion earns, by kind, in order."""
        return ["experience", "coupon"] if self.coupon else ["experience"]

    @property
    def document(self) -> dict[str, Any]:
        """The body of `PUT /admin/v1/tasks/{code}`."""
        return {
            "name": self.code,
            "kind": "growth",
            "claim": {"mode": "automatic", "from": FROM.isoformat(), **self.terms},
            "content": self.content,
            "rewards": [{"experience": self.experience}, *([{"coupon": COUPON}] if self.coupon else [])],
            "settle_after_days": self.settle_after_days,
        }


def _money(item: str, at_least: int, window: Any, **where: Any) -> Condition:
    category = "cumulative" if "." in item else "stream"
    return {"category": category, "item": item, "at_least": at_least, "window": window, "where": where}


def _special(item: str, at_least: int, window: Any) -> Condition:
    return {"category": "special", "item": item, "at_least": at_least, "window": window}


def _status(name: str, window: Any) -> Condition:
    return {"category": "status", "item": name, "is": True, "window": window}


def _since_claim(history: History, life: Life) -> Window:
    return Window(history, life.begins, life.ends)


def _ever(history: History, life: Life) -> Window:
    return Window(history, FIRST_EVENT - timedelta(days=1), life.ends)


def _from_day(history: History, life: Life, days: int) -> Window:
    midnight = life.begins.replace(hour=0, minute=0, second=0, microsecond=0)
    return Window(history, midnight - timedelta(days=days - 1), life.ends)


def _from_month(history: History, life: Life) -> Window:
    return Window(history, month_of(life.begins)[0], life.ends)


def _small(one: Transaction) -> bool:
    return 3_000 <= one.amount <= 20_000


def _at_the_weekend(one: Transaction) -> bool:
    return one.at.isoweekday() >= 6


def _in_the_evening(one: Transaction) -> bool:
    return 18 <= one.at.hour <= 23


def _of(*mccs: str) -> Callable[[Transaction], bool]:
    return lambda one: one.mcc in mccs


MONTH = {"calendar": "month"}
LATECOMER = "latecomer"
LIMITED = "limited"
TASKS: tuple[Task, ...] = (
    Task(
        "amount",
        _money("purchase.amount", 90_000, "claim", mcc={"in": list(FUEL)}),
        lambda h, life: [_since_claim(h, life).spent(_of(*FUEL))],
        (90_000,),
        1,
        coupon=True,
    ),
    Task(
        "count",
        _money("purchase.count", 7, "claim", amount={"between": [3_000, 20_000]}),
        lambda h, life: [len(_since_claim(h, life).bought(_small))],
        (7,),
        1,
    ),
    Task(
        "days",
        _money("purchase.days", 5, MONTH, channel={"in": ["online", "wechat_pay"]}),
        lambda h, life: [
            _from_month(h, life).by_month(
                lambda month: len(
                    {one.day for one in month.bought(lambda one: one.channel in ("online", "wechat_pay"))}
                )
            )
        ],
        (5,),
        1,
    ),
    Task(
        "merchants",
        _money("purchase.merchants", 5, {"from": FESTIVAL[0].isoformat(), "until": FESTIVAL[1].isoformat()}),
        lambda h, life: [len({one.merchant for one in Window(h, *FESTIVAL).bought() if one.merchant})],
        (5,),
        1,
        lives=once(timedelta(days=32)),
        terms={"days_to_finish": 32},
    ),
    Task(
        "single",
        _money("purchase", 150_000, "claim", mcc={"not_in": list(BETTING)}),
        lambda h, life: [
            max((one.amount for one in _since_claim(h, life).bought(lambda one: one.mcc not in BETTING)), default=0)
        ],
        (150_000,),
        1,
        coupon=True,
    ),
    Task(
        "all",
        {
            "all": [
                _status("card.activated", "lifetime"),
                _money("purchase.amount", 200_000, "lifetime", hour={"between": [18, 23]}),
            ]
        },
        lambda h, life: [
            _ever(h, life).told("card.activated", True, life),
            _ever(h, life).spent(_in_the_evening),
        ],
        (1, 200_000),
        2,
    ),
    Task(
        "any",
        {"any": [_special("sign_in.days", 6, "claim"), _money("purchase.count", 22, "lifetime")]},
        lambda h, life: [len(_since_claim(h, life).sign_in_days()), len(_ever(h, life).bought())],
        (6, 22),
        1,
        coupon=True,
    ),
    Task(
        "two-of-three",
        {
            "at_least": 2,
            "of": [
                _special("sign_in.streak", 3, "claim"),
                _money("purchase.amount", 120_000, MONTH, weekday={"at_least": 6}),
                _status("autopay.enabled", "claim"),
            ],
        },
        lambda h, life: [
            _since_claim(h, life).streak(),
            _from_month(h, life).by_month(lambda month: month.spent(_at_the_weekend)),
            _since_claim(h, life).told("autopay.enabled", True, life),
        ],
        (3, 120_000, 1),
        2,
    ),
    Task(
        "monthly",
        _money("purchase.amount", 200_000, MONTH),
        lambda h, life: [_from_month(h, life).by_month(lambda month: month.spent())],
        (200_000,),
        1,
        lives=in_cycles(month_of),
        terms={"cycle": "monthly"},
        coupon=True,
    ),
    Task(
        "weekly",
        _money("purchase.count", 3, "claim"),
        lambda h, life: [len(_since_claim(h, life).bought())],
        (3,),
        1,
        lives=in_cycles(week_of),
        terms={"cycle": "weekly"},
    ),
    Task(
        "settled-later",
        _money("purchase.count", 3, {"rolling_days": 14}, mcc={"in": list(GROCERY)}),
        lambda h, life: [_from_day(h, life, 14).most_in_days(14, _of(*GROCERY))],
        (3,),
        1,
        coupon=True,
        settle_after_days=1,
    ),
    Task(
        LIMITED,
        _money("purchase.count", 10, "claim"),
        lambda h, life: [len(_since_claim(h, life).bought())],
        (10,),
        1,
        terms={"places": PLACES},
    ),
    Task(
        LATECOMER,
        {"all": [_money("purchase.amount", 150_000, "lifetime"), _special("sign_in.days", 3, "lifetime")]},
        lambda h, life: [_ever(h, life).spent(), len(_ever(h, life).sign_in_days())],
        (150_000, 3),
        2,
    ),
)
