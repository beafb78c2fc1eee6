"""Runs the demo's processes in the foreground: starts them in order, restarts what dies, stops in reverse.

Each child lives in a session of its own: Ctrl-C reaches the supervisor alone. It ends with it in any case.
"""

import os
import signal
import time
import urllib.request
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from server.embedded.guardian import Farewell, Guarded
from server.embedded.logs import open_log, tail

_TICK_S = 0.1
_PROBE_S = 2.0
_SETTLED_S = 1.0  # a child without a ready_url counts as ready when it lived that long
_EARLY_DEATHS = 5
_EARLY_WINDOW_S = 30.0
_BACKOFF_S = (0.5, 1.0, 2.0, 4.0, 8.0)
_PROXYLESS = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Child:
    """`env` is added to our own environment; a child is ready when `ready_url` answers 200."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    ready_url: str | None = None


class GaveUp(Exception):
    """A child cannot be brought up; the message says which and why."""


class Supervisor:
    """Children write to `<logs>/<name>.log`; `say` gets a message with the last lines when a child dies."""

    def __init__(
        self,
        children: Sequence[Child],
        logs: Path,
        *,
        say: Callable[[str], None] = print,
        ready_within_s: float = 60.0,
        stop_within_s: float = 10.0,
    ) -> None:
        farewell = Farewell(signal.SIGTERM, stop_within_s, signal.SIGKILL)
        self._slots = [_Slot(child, logs / f"{child.name}.log", farewell) for child in children]
        self._say = say
        self._ready_within_s = ready_within_s
        self._stopping = False

    def run(self, on_ready: Callable[[], None]) -> int:
        """Blocks until SIGINT, SIGTERM or SIGHUP (returns 0) or until it gives a child up (says why, 1).

        Calls `on_ready` once, when all children are ready. All children are gone when it returns or raises.
        Only for the main thread, which alone receives signals.
        """
        with _signals_call(self._begin_to_stop):
            try:
                self._watch(on_ready)
            except GaveUp as reason:
                self._say(str(reason))
                return 1
            finally:
                for slot in reversed(self._slots):
                    slot.stop()
        return 0

    def _begin_to_stop(self) -> None:
        self._stopping = True

    def _watch(self, on_ready: Callable[[], None]) -> None:
        announced = False
        while not self._stopping:
            for slot in self._slots:
                slot.tick(self._say)
                if not slot.ready and not announced:
                    slot.check_patience(self._ready_within_s)
                    break  # the next ones may need it
            else:
                if not announced:
                    announced = True
                    on_ready()
            time.sleep(_TICK_S)


class _Slot:
    """One child's place: what runs there now, when it is due again, how often it died."""

    def __init__(self, child: Child, log_path: Path, farewell: Farewell) -> None:
        self.ready = False
        self._child = child
        self._log_path = log_path
        self._farewell = farewell
        self._running: Guarded | None = None
        self._started_at = self._due_at = self._first_started_at = 0.0
        self._deaths: deque[float] = deque()
        self._early_deaths: deque[float] = deque()

    def tick(self, say: Callable[[str], None]) -> None:
        """Starts the child when it is due, notices its death or its readiness. Raises GaveUp."""
        now = time.monotonic()
        if self._running is None:
            if now >= self._due_at:
                self._start(now)
        elif (code := self._running.exit_code()) is not None:
            self._bury(code, now, say)
        elif not self.ready:
            self.ready = self._is_ready(now)

    def check_patience(self, seconds: float) -> None:
        """Raises GaveUp when the child is not ready `seconds` after its first start."""
        if self._first_started_at and time.monotonic() - self._first_started_at > seconds:
            raise GaveUp(self._obituary(f"not ready within {seconds:.0f} s"))

    def stop(self) -> None:
        if self._running:
            self._running.stop()
            self._running = None

    def _start(self, now: float) -> None:
        self._started_at = now
        self._first_started_at = self._first_started_at or now
        with open_log(self._log_path) as log:
            self._running = Guarded(
                self._child.argv, log=log, env={**os.environ, **self._child.env}, farewell=self._farewell
            )

    def _bury(self, code: int, now: float, say: Callable[[str], None]) -> None:
        _count(self._deaths, now)
        if self.ready:
            self._early_deaths.clear()
        else:
            _count(self._early_deaths, now)
        self._running, self.ready = None, False
        if len(self._early_deaths) >= _EARLY_DEATHS:
            raise GaveUp(self._obituary(f"died {_EARLY_DEATHS} times while starting, last {_cause(code)}; giving up"))
        pause = _BACKOFF_S[min(len(self._deaths), len(_BACKOFF_S)) - 1]
        self._due_at = now + pause
        say(self._obituary(f"died, {_cause(code)}; starting again in {pause} s"))

    def _is_ready(self, now: float) -> bool:
        if self._child.ready_url is None:
            return now - self._started_at > _SETTLED_S
        try:
            with _PROXYLESS.open(self._child.ready_url, timeout=_PROBE_S) as answer:
                return bool(answer.status == 200)
        except (OSError, ValueError):  # refused, timed out, or an error status
            return False

    def _obituary(self, what: str) -> str:
        return f"{self._child.name} {what}. {self._log_path} ends with:\n{tail(self._log_path)}"


def _count(times: deque[float], now: float) -> None:
    times.append(now)
    while now - times[0] > _EARLY_WINDOW_S:
        times.popleft()


def _cause(code: int) -> str:
    return f"killed by {signal.Signals(code - 128).name}" if code > 128 else f"exit status {code}"


@contextmanager
def _signals_call(react: Callable[[], None]) -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: react()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
