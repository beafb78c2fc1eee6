"""What a process knows of the live rules, and whether there is any list to look into."""

from collections.abc import Callable

import msgspec

from domain import approvals
from domain.approvals import LiveCatalogue
from domain.risk.definition import RiskRules, Rule, When
from domain.risk.kind import KIND
from domain.risk.signals import Question, leaves, questions_of
from domain.risk.subjects import LISTED
from kit import database

_HOLDING = ("challenge", "review")


class RiskCatalogue(LiveCatalogue):
    """The live table by action, and the kinds of subject that stand on lists. Whoever puts somebody on a list changes
    the live set.
    """

    def __init__(self) -> None:
        super().__init__()
        self.version = 0
        self.rules: dict[str, list[Rule]] = {}
        self.questions: dict[str, frozenset[Question]] = {}
        self.listed: frozenset[str] = frozenset()
        self.asks_age: frozenset[str] = frozenset()
        self.asks_openid: frozenset[str] = frozenset()
        self.holds: frozenset[str] = frozenset()

    def awake(self, action: str) -> bool:
        """Whether an attempt at this action has to be looked at, at all."""
        return bool(self.listed) or action in self.rules

    async def load(self, revision: int) -> None:
        """Decode the live table and see who is listed. All of it changes at once: others look in meanwhile."""
        rows = await database.fetch(
            """SELECT kind FROM unnest($1::text[]) AS k (kind)
               WHERE EXISTS (SELECT FROM risk_list_entry e WHERE e.kind = k.kind)""",
            LISTED,
        )
        versions = await approvals.live(KIND)
        self.listed = frozenset(row[0] for row in rows)
        self.version, self.rules = 0, {}
        for version in versions:
            self.version = version.version
            for rule in msgspec.convert(version.body, RiskRules).rules:
                for action in rule.actions:
                    self.rules.setdefault(action, []).append(rule)
        self.questions = {
            action: frozenset(question for rule in rules for question in questions_of(rule))
            for action, rules in self.rules.items()
        }
        self.asks_age = self._asking(lambda when: when.signal == "account_age_days")
        self.asks_openid = self._asking(lambda when: when.by == "openid") | {
            action for action, questions in self.questions.items() if any(one.by == "openid" for one in questions)
        }
        self.holds = frozenset(
            action
            for action, rules in self.rules.items()
            if any(rule.decision in _HOLDING or (rule.limit and rule.limit.delay_seconds) for rule in rules)
        )

    def _asking(self, asks: Callable[[When], bool]) -> frozenset[str]:
        """The actions with a rule that has such a signal."""
        return frozenset(
            action
            for action, rules in self.rules.items()
            if any(asks(one) for rule in rules for one in leaves(rule.when))
        )


catalogue = RiskCatalogue()
