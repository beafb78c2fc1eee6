"""The worker process: the relay and every timed job, each in a loop of its own."""

import asyncio
import signal

from prometheus_client import Counter

from domain.outbox.record import WAKE_RELAY
from kit import logging
from kit.notices import Told
from server.jobs import JOBS, Job, event_jobs, watch_jobs
from server.process import running
from server.settings import Settings

log = logging.get("worker")
DONE = Counter("cardquest_job_items", "Things jobs have done", ["job"])
FAILED = Counter("cardquest_job_failures", "Runs of jobs that failed", ["job"])
_AFTER_FAILURE_SECONDS = 2.0


async def work(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT; what was begun is finished or rolled back."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with running(settings) as process, event_jobs(settings) as from_partners:
        jobs = (*JOBS, *watch_jobs(settings), *from_partners)
        woken = asyncio.Event()
        process.notices.on(WAKE_RELAY, _waker(woken))
        await process.notices.start()
        log.info("worker.started", jobs=[job.name for job in jobs])
        loops = [asyncio.create_task(_repeat(job, woken)) for job in jobs]
        await stopping.wait()
        for running_loop in loops:
            running_loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
    log.info("worker.stopped")


def _waker(woken: asyncio.Event) -> Told:
    async def wake(_payload: str) -> None:
        woken.set()

    return wake


async def _repeat(job: Job, woken: asyncio.Event) -> None:
    """A failing run is logged and tried again; nothing a job does may end its loop."""
    while True:
        try:
            done = await job.run()
            DONE.labels(job.name).inc(done)
            pause = 0.0 if done else job.every_seconds
        except Exception as error:
            FAILED.labels(job.name).inc()
            log.error("job.failed", job=job.name, exc_info=error)
            pause = _AFTER_FAILURE_SECONDS
        if job.name == "outbox.relay" and pause:
            try:
                async with asyncio.timeout(pause):
                    await woken.wait()
            except TimeoutError:
                pass
            woken.clear()
        elif pause:
            await asyncio.sleep(pause)
