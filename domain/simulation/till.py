"""Rewards of completions, one after the other as they happen, against stocks, caps and budgets. Pure."""

from collections import Counter
from datetime import date, datetime

from domain.campaigns import Cost
from domain.campaigns.rules import WHOLE, PotKey
from domain.campaigns.rules import Till as Budgets
from domain.simulation.forecast import BudgetForecast, RewardLine
from domain.simulation.prices import Prices
from domain.tasks.definition import Reward, TaskDefinition, reward_due

_TOTAL, _DAY = "total", "day"
_Ceiling = tuple[PotKey, str]
_Place = tuple[str, int]
"""A reward of a task: which task, and which of its rewards."""


class Till:
    """What has been given so far. Completions must come in the order in which they happen."""

    def __init__(self, definitions: dict[str, TaskDefinition], prices: Prices) -> None:
        self._definitions, self._prices = definitions, prices
        self._owner: dict[int, str | None] = {}
        self._budgets = Budgets(prices.pots, (), self._owner)
        self._left = {(key, _TOTAL): pot.left for key, pot in prices.pots.items()}
        self._left |= {(key, _DAY): daily for key, daily in prices.daily.items()}
        self._today: date | None = None
        self._given: Counter[_Place] = Counter()
        self._refused: dict[_Place, Counter[str]] = {}
        self._out: dict[_Ceiling, datetime] = {}
        self._turned_away: Counter[_Ceiling] = Counter()
        self._turned_away_fen: Counter[_Ceiling] = Counter()
        self.wanted_fen: Counter[str] = Counter()

    def complete(self, task: str, customer_id: int, branch: str, moment: datetime, day: date) -> int:
        """Give the rewards of a completion as far as they can be given; returns what they cost."""
        if day != self._today:
            self._begin(day)
        self._owner.clear()
        self._owner[customer_id] = branch
        return sum(
            self._give((task, place), reward, customer_id, moment)
            for place, reward in enumerate(self._definitions[task].rewards)
        )

    def _begin(self, day: date) -> None:
        self._today = day
        self._prices.coupon_ledger.begin_day()
        for key, daily in self._prices.daily.items():
            self._prices.pots[key].left_today = daily

    def _give(self, place: _Place, reward: Reward, customer_id: int, moment: datetime) -> int:
        campaign, price = self._price(reward)
        self.wanted_fen[place[0]] += price
        refusal = self._take(reward, customer_id)
        if refusal is None and campaign is not None and price:
            refusal = self._pay(Cost(campaign, customer_id, price, ""), moment)
            if refusal is not None:
                self._put_back(reward, customer_id)
        if refusal is None:
            self._given[place] += 1
            return price
        self._refused.setdefault(place, Counter())[refusal] += 1
        return 0

    def _price(self, reward: Reward) -> tuple[str | None, int]:
        """The campaign that pays for it and what it costs; experience costs nothing."""
        template, benefit = (
            self._prices.coupons.get(reward.coupon or ""),
            self._prices.benefits.get(reward.benefit or ""),
        )
        if template is not None:
            return template.definition.campaign, template.definition.cost_fen
        return (benefit.campaign, benefit.cost_fen) if benefit is not None else (None, 0)

    def _take(self, reward: Reward, customer_id: int) -> str | None:
        if reward.coupon is not None:
            return self._prices.coupon_ledger.take(self._prices.coupons.get(reward.coupon), customer_id)
        if reward.benefit is not None:
            benefit = self._prices.benefits.get(reward.benefit)
            return self._prices.benefit_ledger.take(reward.benefit, benefit, customer_id)
        return None

    def _put_back(self, reward: Reward, customer_id: int) -> None:
        if reward.coupon is not None:
            self._prices.coupon_ledger.put_back(self._prices.coupons[reward.coupon], customer_id)
        elif reward.benefit is not None:
            self._prices.benefit_ledger.put_back(reward.benefit, customer_id)

    def _pay(self, cost: Cost, moment: datetime) -> str | None:
        branch = self._budgets.branch_of(cost)
        refusal = self._budgets.take(cost, branch) if branch is not None else None
        if refusal is not None and branch is not None:
            ceiling = self._ceiling_reached(cost, branch)
            self._out.setdefault(ceiling, moment)
            self._turned_away[ceiling] += 1
            self._turned_away_fen[ceiling] += cost.amount_fen
        return refusal

    def _ceiling_reached(self, cost: Cost, branch: str) -> _Ceiling:
        keys = [(cost.campaign, WHOLE), (cost.campaign, branch)]
        for key in keys:
            if self._prices.pots[key].left < cost.amount_fen:
                return key, _TOTAL
        return next((key, _DAY) for key in keys if not self._has_today(key, cost.amount_fen))

    def _has_today(self, key: PotKey, amount_fen: int) -> bool:
        left = self._prices.pots[key].left_today
        return left is None or left >= amount_fen

    def rewards(self, task: str) -> list[RewardLine]:
        """What became of the rewards of a task, in its order."""
        lines = []
        for number, reward in enumerate(self._definitions[task].rewards):
            due, given = reward_due(reward), self._given[task, number]
            cost_fen = given * self._price(reward)[1]
            lines.append(RewardLine(due.kind, due.target, given, cost_fen, dict(self._refused.get((task, number), {}))))
        return lines

    def budgets(self) -> list[BudgetForecast]:
        """What became of every ceiling."""
        return [
            BudgetForecast(
                campaign,
                branch,
                per,
                left,
                self._used((campaign, branch)),
                self._turned_away[(campaign, branch), per],
                self._turned_away_fen[(campaign, branch), per],
                self._out.get(((campaign, branch), per)),
            )
            for ((campaign, branch), per), left in sorted(self._left.items())
        ]

    def _used(self, key: PotKey) -> int:
        return self._left[key, _TOTAL] - self._prices.pots[key].left
