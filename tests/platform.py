"""The whole program as real processes: sandbox, web, worker, on a database of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from server import local
from server.demo_data import DEFAULT_PASSWORD
from server.local import Place

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """A TCP port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Platform:
    """Processes by name; `url` is the platform's, `sandbox_url` the bank's."""

    place: Place
    environment: dict[str, str]
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.place.public_url

    @property
    def sandbox_url(self) -> str:
        return self.place.sandbox_url

    def start(self, name: str, command: str, **more: str) -> None:
        """Start `python -m server <command>`, with `more` in its environment; its output goes to a log below the data
        directory.
        """
        log = (self.place.data_dir / f"{name}.log").open("ab")
        argv = [sys.executable, "-m", "server", command]
        env = {**os.environ, **self.environment, **more}
        self.processes[name] = subprocess.Popen(argv, cwd=ROOT, env=env, stdout=log, stderr=log)

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """A command of the program against the same servers, to its end."""
        argv = [sys.executable, "-m", "server", *command]
        env = {**os.environ, **self.environment}
        return subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300, check=False)

    def start_web(self, name: str, address: str) -> None:
        """A web process at this address, ready."""
        self.start(name, "serve", PORT=address.rsplit(":", 1)[1])
        _wait_for(f"{address}/readyz")

    @contextmanager
    def another_web(self, name: str) -> Iterator[str]:
        """A further web process beside the first, and its address; gone afterwards, if it was not killed before."""
        address = f"http://127.0.0.1:{free_port()}"
        self.start_web(name, address)
        try:
            yield address
        finally:
            process = self.processes.pop(name)
            process.terminate()
            process.wait(timeout=20)

    def kill(self, name: str) -> None:
        """`kill -9`."""
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait()

    def wait_ready(self) -> None:
        """Until web and sandbox answer."""
        _wait_for(f"{self.url}/readyz")
        _wait_for(f"{self.sandbox_url}/control/clock")

    def stop(self) -> None:
        """End every process, politely."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(timeout=20)

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Play the bank: `POST /control/…` on the sandbox."""
        answer = httpx.post(f"{self.sandbox_url}/control/{path}", json=body or {}, timeout=60, trust_env=False)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def customer(self, customer_no: str) -> httpx.Client:
        """A client signed in as this customer by a ticket of the bank's app."""
        ticket = self.control("bank-app/tickets", {"customer_no": customer_no})["ticket"]
        return _signed_in(f"{self.url}/api/v1", {"channel": "bank_app", "ticket": ticket})

    def operator(self, username: str) -> httpx.Client:
        """A client signed in as a demo operator."""
        return _signed_in(f"{self.url}/admin/v1", {"username": username, "password": DEFAULT_PASSWORD})

    def put_live(self, kind: str, code: str, body: dict[str, Any]) -> None:
        """Draft, submit and approve, by two operators."""
        with self.operator("hq-maker") as maker, self.operator("hq-checker") as checker:
            for answer in (
                maker.put(f"/{kind}/{code}", json=body),
                maker.post(f"/{kind}/{code}/submit"),
                checker.post(f"/{kind}/{code}/approve"),
            ):
                assert answer.status_code < 300, answer.text


@contextmanager
def running_platform(data_dir: Path, database_url: str, redis_url: str) -> Iterator[Platform]:
    """A migrated, seeded platform; everything it started is gone afterwards."""
    place = Place(data_dir, free_port(), free_port())
    place.data_dir.mkdir(parents=True, exist_ok=True)
    environment = {**local.fill_in(place), "DATABASE_URL": database_url, "REDIS_URL": redis_url}
    platform = Platform(place, environment)
    for command in ("migrate", "seed"):
        done = platform.run(command)
        assert done.returncode == 0, done.stderr
    try:
        for name, command in (("sandbox", "sandbox"), ("web", "serve"), ("worker", "work")):
            platform.start(name, command)
        platform.wait_ready()
        yield platform
    finally:
        platform.stop()


def _signed_in(base: str, credentials: dict[str, str]) -> httpx.Client:
    answer = httpx.post(f"{base}/sessions", json=credentials, trust_env=False, timeout=20)
    assert answer.status_code == 201, answer.text
    headers = {"Authorization": f"Bearer {answer.json()['token']}"}
    return httpx.Client(base_url=base, headers=headers, trust_env=False, timeout=20)


def eventually(what: Any, seconds: float = 10.0) -> Any:
    """`what()` as soon as it is truthy; fails when that takes longer."""
    until = time.monotonic() + seconds
    while True:
        found = what()
        if found or time.monotonic() > until:
            assert found, "it never came about"
            return found
        time.sleep(0.05)


def _wait_for(url: str, seconds: float = 120.0) -> None:
    def answers() -> bool:
        try:
            return httpx.get(url, timeout=2, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    eventually(answers, seconds)
