"""The job table: what the worker does by itself, and how often. A job that finds work does it again at once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from channels.card_core.signature import purge_nonces
from domain import coupons, loans, outbox, rewards, tasks
from kit import clock


@dataclass(frozen=True)
class Job:
    """`run` returns how much it did; `every_seconds` is the pause after it did nothing."""

    name: str
    run: Callable[[], Awaitable[int]]
    every_seconds: float


JOBS: tuple[Job, ...] = (
    Job("outbox.relay", outbox.relay_batch, 0.5),
    Job("tasks.expire", tasks.expire_due, 1.0),
    Job("rewards.settle", rewards.settle_due, 1.0),
    Job("coupons.expire", lambda: coupons.expire(clock.now()), 1.0),
    Job("loans.settle", lambda: loans.settle(clock.now()), 1.0),
    Job("loans.post_entries", loans.post_entries, 1.0),
    Job("partners.purge_nonces", purge_nonces, 60.0),
)
