"""Whatever is attempted, in whatever batches: what rules count is what there was, and a cap is never passed."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.risk.judge import judge
from domain.risk.rules import Met
from domain.risk.signals import Earlier, Question, Signals, answer
from tests.domain.risk.stage import rule
from tests.domain.risk.test_risk_rules import table

BEGAN = datetime(2026, 11, 26, tzinfo=UTC)
ATTEMPTS = st.lists(
    st.builds(
        Earlier,
        at=st.integers(0, 120).map(lambda seconds: BEGAN + timedelta(seconds=seconds)),
        action=st.sampled_from(["claim", "exchange"]),
        customer_id=st.integers(1, 4),
        passed=st.booleans(),
    ),
    max_size=25,
)
QUESTIONS = st.builds(
    Question,
    by=st.just("device"),
    seconds=st.integers(1, 120),
    actions=st.sampled_from([("claim",), ("claim", "exchange")]),
    most=st.integers(1, 6),
    people=st.booleans(),
    passed=st.booleans(),
)


@settings(deadline=None)
@given(ATTEMPTS, QUESTIONS)
def test_what_is_kept_of_attempts_one_by_one_answers_as_all_of_them_would(
    attempts: list[Earlier], question: Question
) -> None:
    attempts = sorted(attempts, key=lambda one: one.at)
    kept: list[Earlier] = []
    for place, one in enumerate(attempts):
        found = answer(question, kept, one.at)
        counting = [
            before
            for before in attempts[:place]
            if one.at - before.at < timedelta(seconds=question.seconds)
            and before.action in question.actions
            and (before.passed or not question.passed)
        ]
        number = len({before.customer_id for before in counting}) if question.people else len(counting)
        assert len(found) == min(number, question.most)
        assert {before.customer_id for before in found} <= {before.customer_id for before in counting}
        kept = answer(question, [one, *kept], one.at)


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=60),
    st.integers(1, 5),
    st.integers(1, 20),
)
def test_no_window_ever_has_more_than_the_cap(pauses: list[int], at_most: int, seconds: int) -> None:
    limited = table(rule("limit", limit={"at_most": at_most, "seconds": seconds, "by": "device"})).rules[0]
    question = Question("device", seconds, ("coupon_claim",), at_most, passed=True)
    now, kept, through = BEGAN, list[Earlier](), list[datetime]()
    for pause in pauses:
        now += timedelta(seconds=pause)
        signals = Signals(
            "coupon_claim", 1, now, subjects={"device": "d"}, earlier={question: answer(question, kept, now)}
        )
        refusal = judge(Met(limited, {}), signals, None, 1, now).refusal
        within = [one for one in through if now - one < timedelta(seconds=seconds)]
        assert (refusal is None) == (len(within) < at_most)
        if refusal is not None:
            again = now + timedelta(seconds=refusal.details["retry_after_seconds"])
            assert len([one for one in through if again - one < timedelta(seconds=seconds)]) < at_most
        else:
            through.append(now)
        kept = [Earlier(now, "coupon_claim", 1, refusal is None), *kept]
