"""The job table: what the worker does by itself, and how often. A job that finds work does it again at once."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from channels.card_core.daily_file import Inbox
from channels.card_core.signature import purge_nonces
from channels.card_core.stream_kafka import KafkaStream
from channels.card_core.stream_redis import RedisStream
from channels.suppliers.daily_file import SupplierInbox
from channels.wechat import inbox as wechat_inbox
from domain import (
    approvals,
    audiences,
    audit,
    benefits,
    campaigns,
    coupon_issues,
    coupons,
    customers,
    experience,
    exports,
    imports,
    journeys,
    loans,
    messages,
    outbox,
    personal_data,
    reconciliation,
    rewards,
    risk,
    simulation,
    statistics,
    suppliers,
    tags,
    tasks,
)
from kit import clock
from server.kinds import KINDS
from server.settings import Settings


@dataclass(frozen=True)
class Job:
    """`run` returns how much it did; `every_seconds` is the pause after it did nothing."""

    name: str
    run: Callable[[], Awaitable[int]]
    every_seconds: float


JOBS: tuple[Job, ...] = (
    Job("outbox.relay", outbox.relay_batch, 0.5),
    Job("approvals.go_live", lambda: approvals.go_live_due(KINDS), 1.0),
    Job("audiences.refresh", audiences.refresh_next, 1.0),
    Job("tasks.expire", tasks.expire_due, 1.0),
    Job("tasks.expire_offers", tasks.expire_offers, 5.0),
    Job("tasks.remind", tasks.remind_due, 1.0),
    Job("rewards.settle", rewards.settle_due, 1.0),
    Job("coupons.expire", lambda: coupons.expire(clock.now()), 1.0),
    Job("coupons.remind_expiring", coupons.remind_expiring, 5.0),
    Job("coupons.remind_opening", coupons.remind_opening, 1.0),
    Job("coupon_issues.issue", coupon_issues.issue_next_set, 1.0),
    Job("journeys.work", journeys.work_due, 0.5),
    Job("journeys.enter_by_date", journeys.enter_by_date, 5.0),
    Job("journeys.end_over", journeys.end_over, 5.0),
    Job("experience.review", experience.review, 5.0),
    Job("benefits.expire", benefits.expire, 1.0),
    Job("campaigns.watch", campaigns.watch, 5.0),
    Job("coupons.watch_stock", coupons.watch_stock, 30.0),
    Job("benefits.watch_stock", benefits.watch_stock, 30.0),
    Job("suppliers.ask", suppliers.ask_suppliers, 0.5),
    Job("suppliers.substitute", suppliers.substitute, 10.0),
    Job("loans.settle", lambda: loans.settle(clock.now()), 1.0),
    Job("messages.send", messages.send, 0.5),
    Job("loans.post_entries", loans.post_entries, 1.0),
    Job("personal_data.export", personal_data.make_exports, 1.0),
    Job("personal_data.drop_exports", personal_data.drop_exports, 600.0),
    Job("personal_data.erase", personal_data.erase_due, 10.0),
    Job("audit.anchor", audit.anchor, 10.0),
    Job("tags.compute", tags.compute_next, 5.0),
    Job("imports.work", imports.work_next, 1.0),
    Job("exports.produce", exports.produce_next, 1.0),
    Job("exports.expire", exports.expire, 60.0),
    Job("simulation.work", simulation.work_next, 1.0),
    Job("statistics.refresh", statistics.refresh, 5.0),
    Job("risk.sweep", risk.sweep, 600.0),
    Job("customers.purge_credentials", customers.purge_credentials, 600.0),
    Job("partners.purge_nonces", purge_nonces, 60.0),
    Job("wechat.hear_again", wechat_inbox.hear_again, 5.0),
    Job("wechat.purge_callbacks", wechat_inbox.purge_callbacks, 600.0),
)


def watch_jobs(settings: Settings) -> tuple[Job, ...]:
    """Checking the invariants, as often as the settings say."""
    if not settings.reconcile_minutes:
        return ()
    every = timedelta(minutes=settings.reconcile_minutes)
    return (Job("reconciliation.check", lambda: reconciliation.check_when_due(every), 15.0),)


@asynccontextmanager
async def event_jobs(settings: Settings) -> AsyncIterator[tuple[Job, ...]]:
    """The streams and the inbox the settings name; a stream waits for its next message by itself."""
    jobs: list[Job] = []
    async with AsyncExitStack() as held:
        if settings.event_stream:
            redis_stream = RedisStream(settings.redis_url, settings.event_stream)
            held.push_async_callback(redis_stream.close)
            jobs.append(Job("events.redis", redis_stream.take_batch, 0.0))
        if settings.kafka_brokers:
            options = _options(settings.kafka_options_file)
            kafka = KafkaStream(settings.kafka_brokers, settings.kafka_topic, settings.kafka_group, options)
            held.push_async_callback(kafka.close)
            jobs.append(Job("events.kafka", kafka.take_batch, 0.0))
        if settings.inbox_dir:
            jobs.append(Job("events.files", Inbox(settings.inbox_dir, settings.inbox_due_hour).take_files, 5.0))
        if settings.suppliers_inbox_dir:
            jobs.append(Job("suppliers.files", SupplierInbox(settings.suppliers_inbox_dir).take_files, 5.0))
        yield tuple(jobs)


def _options(file: Path | None) -> dict[str, str]:
    lines = file.read_text().splitlines() if file else []
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}
