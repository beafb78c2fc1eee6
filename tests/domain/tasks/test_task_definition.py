"""What is refused when a task is saved, with the path of each fault."""

from typing import Any

import msgspec
import pytest

from domain import tasks
from domain.tasks.definition import TaskDefinition
from kit.errors import RuleViolated
from tests.domain.coupons.stage import publish_template
from tests.domain.tasks.making import cumulative

BODY = {"name": "加油满300元", "kind": "growth", "content": cumulative("purchase.amount", 30_000)}
DAY, NEXT = "2026-11-01T00:00:00+08:00", "2026-11-02T00:00:00+08:00"
LATER = "2026-11-09T00:00:00+08:00"


async def faults_of(**more: Any) -> list[tuple[str, str]]:
    with pytest.raises(RuleViolated) as refused:
        await tasks.TASKS.check("fuel", msgspec.convert({**BODY, **more}, TaskDefinition))
    assert refused.value.code in ("task.impossible", "task.impossible_content")
    return [(fault.path, fault.code) for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"content": {"all": []}}, ("content.all", "condition.empty")),
        ({"claim": {"from": "2026-11-01T00:00:00"}}, ("claim.from", "task.no_offset")),
        ({"claim": {"until": "2026-11-01T00:00:00"}}, ("claim.until", "task.no_offset")),
        ({"claim": {"from": NEXT, "until": DAY}}, ("claim.until", "task.impossible_dates")),
        ({"claim": {"from": DAY, "until": DAY}}, ("claim.until", "task.impossible_dates")),
        ({"claim": {"mode": "automatic", "times": 2}}, ("claim.times", "task.impossible_times")),
        (
            {"content": cumulative("purchase.days", 2, "claim"), "claim": {"cycle": "daily"}},
            ("content.at_least", "condition.impossible"),
        ),
        (
            {"content": {"all": [cumulative("purchase.streak", 5, "claim")]}, "claim": {"days_to_finish": 3}},
            ("content.all[0].at_least", "condition.impossible"),
        ),
        (
            {
                "content": cumulative("purchase.count", 1, {"from": "2026-11-05T00:00:00+08:00", "until": LATER}),
                "claim": {"until": NEXT, "days_to_finish": 3},
            },
            ("content.window.from", "condition.impossible"),
        ),
        ({"rewards": [{}]}, ("rewards[0]", "task.unclear_reward")),
        ({"rewards": [{"experience": 1}, {"experience": 1, "coupon": "c"}]}, ("rewards[1]", "task.unclear_reward")),
    ],
)
async def test_what_could_never_work(more: dict[str, Any], fault: tuple[str, str]) -> None:
    assert await faults_of(**more) == [fault]


async def test_a_claim_sees_one_day_more_than_it_lasts() -> None:
    content = cumulative("purchase.streak", 4, "claim")
    await tasks.TASKS.check(
        "fuel", msgspec.convert({**BODY, "content": content, "claim": {"days_to_finish": 3}}, TaskDefinition)
    )


async def test_a_coupon_that_is_not_live_cannot_be_promised(database: str) -> None:
    assert await faults_of(rewards=[{"experience": 1}, {"coupon": "free7"}]) == [
        ("rewards[1].coupon", "task.unknown_reference")
    ]
    await publish_template("free7")
    await tasks.TASKS.check("fuel", msgspec.convert({**BODY, "rewards": [{"coupon": "free7"}]}, TaskDefinition))


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"name": ""}, "$.name"),
        ({"name": "长" * 65}, "$.name"),
        ({"kind": "hourly"}, "$.kind"),
        ({"claim": {"cycle": "yearly"}}, "$.claim.cycle"),
        ({"claim": {"places": 0}}, "$.claim.places"),
        ({"claim": {"times": 0}}, "$.claim.times"),
        ({"claim": {"days_to_finish": 0}}, "$.claim.days_to_finish"),
        ({"visible": {"stages": ["vip"]}}, "$.visible.stages[0]"),
        ({"visible": {"min_level": -1}}, "$.visible.min_level"),
        ({"rewards": [{"experience": 0}]}, "$.rewards[0].experience"),
        ({"rewards": [{"coupon": "no good"}]}, "$.rewards[0].coupon"),
        ({"settle_after_days": -1}, "$.settle_after_days"),
        ({"colour": "red"}, "unknown field `colour`"),
    ],
)
def test_a_document_of_another_shape_is_not_read(more: dict[str, Any], path: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field|at `") as refused:
        msgspec.convert({**BODY, **more}, TaskDefinition)
    assert path in str(refused.value)


async def test_a_document_with_everything_is_accepted(database: str) -> None:
    await publish_template("free7")
    full = {
        **BODY,
        "summary": "…",
        "description": "…",
        "visible": {"card_products": ["young"], "channels": ["bank_app"], "min_level": 1, "stages": ["payer"]},
        "claim": {
            "mode": "manual",
            "from": DAY,
            "until": NEXT,
            "places": 10,
            "cycle": "weekly",
            "times": 2,
            "days_to_finish": 5,
        },
        "rewards": [{"experience": 100}, {"coupon": "free7"}],
        "settle_after_days": 7,
    }
    definition = msgspec.convert(full, TaskDefinition)
    await tasks.TASKS.check("fuel", definition)
    assert msgspec.json.decode(msgspec.json.encode(definition), type=TaskDefinition) == definition
