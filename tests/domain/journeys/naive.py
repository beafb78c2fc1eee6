"""One customer's way through a journey, step by step, in the simplest words there are: what the engine must agree with."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from domain.journeys.rules import bucket_of

LONGEST = 400


@dataclass
class Somebody:
    """What is known of a customer, and what they have had, whatever journey gave it."""

    id: int
    stage: str
    agrees: bool
    coupons: dict[str, int] = field(default_factory=dict)
    tasks: set[str] = field(default_factory=set)


@dataclass
class Walk:
    """One time in a journey."""

    step: str
    since: datetime
    due: datetime
    heard: bool = False
    over: bool = False
    had: set[str] = field(default_factory=set)
    path: list[str] = field(default_factory=list)


class Naive:
    """A journey `code` with these steps for one customer."""

    def __init__(self, code: str, steps: dict[str, Any], first: str, reentry: str, who: Somebody) -> None:
        self.code, self.steps, self.first, self.reentry, self.who = code, steps, first, reentry, who
        self.walks: list[Walk] = []

    def hear(self, event: str, now: datetime) -> None:
        walk = self.walks[-1] if self.walks else None
        if walk and not walk.over:
            step = self.steps[walk.step]
            if step["type"] == "wait_for" and step["event"] == event and not walk.heard and now < walk.due:
                walk.heard, walk.due = True, now
        elif event == "purchase" and (walk is None or self.reentry == "after_end"):
            self.walks.append(Walk(self.first, now, self._due(self.first, now)))

    def work(self, now: datetime) -> None:
        if self.walks:
            walk = self.walks[-1]
            while not walk.over and walk.due <= now:
                self._leave(walk, *self._way(walk), now)

    def _leave(self, walk: Walk, exit: str, onward: str | None, now: datetime) -> None:
        walk.path.append(f"{walk.step}:{exit}")
        if onward is None or len(walk.path) == LONGEST:
            walk.over = True
        else:
            walk.step, walk.since, walk.heard, walk.due = onward, now, False, self._due(onward, now)

    def _due(self, code: str, now: datetime) -> datetime:
        step = self.steps[code]
        if step["type"] == "wait_for":
            return now + timedelta(hours=step["timeout"]["hours"])
        if step["type"] != "wait":
            return now
        if "hours" in step:
            return now + timedelta(hours=step["hours"])
        hour, minute = map(int, step["until"]["time"].split(":"))
        moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        return moment if moment > now else moment + timedelta(days=1)

    def _way(self, walk: Walk) -> tuple[str, str | None]:
        step = self.steps[walk.step]
        kind = step["type"]
        if kind == "end":
            return "ended", None
        if kind == "wait":
            return "waited", step["next"]
        if kind == "wait_for":
            return ("happened", step["next"]) if walk.heard else ("timed_out", step["timed_out"])
        if kind == "split":
            for branch in step["branches"]:
                if self.who.stage in branch["when"]["stage"]:
                    return branch["name"], branch["next"]
            return "otherwise", step["otherwise"]
        if kind == "share":
            first, second = step["parts"]
            part = first if bucket_of(self.code, walk.step, self.who.id) < first["percent"] else second
            return part["name"], part["next"]
        return self._give(walk, step)

    def _give(self, walk: Walk, step: dict[str, Any]) -> tuple[str, str | None]:
        if walk.step in walk.had:
            return "passed", step["next"]
        failure = self._why_not(step)
        if failure:
            return f"failed!{failure}", step.get("otherwise") or step["next"]
        walk.had.add(walk.step)
        return "done", step["next"]

    def _why_not(self, step: dict[str, Any]) -> str | None:
        who = self.who
        if step["type"] == "message":
            return None if step["template"] == "hello" or who.agrees else "message.no_consent"
        if step["type"] == "task":
            if step["task"] in who.tasks:
                return "task.offered_already"
            who.tasks.add(step["task"])
            return None
        had = who.coupons.get(step["coupon"], 0)
        if step["coupon"] == "one" and had:
            return "coupon.personal_cap"
        who.coupons[step["coupon"]] = had + 1
        return None
