"""What was attempted before, by whoever attempts something now: asked once for all of a batch, under their locks."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from domain.risk.catalogue import catalogue
from domain.risk.signals import Earlier, Question, answer
from domain.risk.subjects import Attempt
from kit import clock
from kit.database import Connection

Asked = tuple[str, Question]


class Ledger:
    """Answers by subject and question; those of the same batch see each other, in order."""

    def __init__(self, answers: dict[Asked, list[Earlier]]) -> None:
        self._answers = answers
        self._by_subject: dict[str, list[Asked]] = {}
        for asked in answers:
            self._by_subject.setdefault(asked[0], []).append(asked)

    def earlier(self, attempt: Attempt, subjects: Mapping[str, str]) -> dict[Question, list[Earlier]]:
        """What is to be known of an attempt."""
        at = attempt.origin.at
        return {one[1]: answer(one[1], self._answers[one], at) for one in _asked(attempt, subjects)}

    def add(self, attempt: Attempt, subjects: Mapping[str, str], passed: bool) -> None:
        """Let those who come later in the batch see an attempt."""
        new = Earlier(attempt.origin.at, attempt.action, attempt.customer_id, passed)
        for subject in subjects.values():
            for asked in self._by_subject.get(subject, ()):
                self._answers[asked] = answer(asked[1], [new, *self._answers[asked]], attempt.origin.at)


async def open_ledger(connection: Connection, attempts: Iterable[tuple[Attempt, Mapping[str, str]]]) -> Ledger:
    """Hold the subjects that live rules count by until the transaction ends, by digest, and read what they attempted.

    Nothing is asked, and nobody held, where no rule counts.
    """
    asked: dict[Asked, datetime] = {}
    for attempt, subjects in attempts:
        for one in _asked(attempt, subjects):
            since = attempt.origin.at - timedelta(seconds=one[1].seconds)
            asked[one] = min(since, asked.get(one, since))
    answers: dict[Asked, list[Earlier]] = {one: [] for one in asked}
    if not asked:
        return Ledger(answers)
    wanted = list(asked)
    rows = await connection.fetch(
        "SELECT * FROM risk_earlier($1, $2, $3, $4, $5, $6, $7, $8)",
        sorted({subject for subject, _ in wanted}),
        [subject for subject, _ in wanted],
        list(asked.values()),
        [",".join(question.actions) for _, question in wanted],
        [question.most for _, question in wanted],
        [question.people for _, question in wanted],
        [question.passed for _, question in wanted],
        clock.now(),
    )
    for row in rows:
        answers[wanted[row["place"] - 1]].append(Earlier(row["at"], row["action"], row["customer_id"], row["passed"]))
    return Ledger(answers)


def counted(attempt: Attempt, subjects: Mapping[str, str]) -> set[str]:
    """The subjects by which live rules count an attempt."""
    return {subject for subject, _ in _asked(attempt, subjects)}


def _asked(attempt: Attempt, subjects: Mapping[str, str]) -> list[Asked]:
    questions = catalogue.questions.get(attempt.action, ())
    return [(subjects[question.by], question) for question in questions if question.by in subjects]
