"""The supervisor as a process of its own: order, restarts, signals, and nobody left behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUPERVISOR = """
import json, sys
from pathlib import Path
from server import supervisor
supervisor._BACKOFF_S, supervisor._SETTLED_S = (0.1,), 0.2
children = [supervisor.Child(**{**c, "argv": tuple(c["argv"])}) for c in json.loads(sys.argv[2])]
say = lambda message: print(message, flush=True)
run = supervisor.Supervisor(children, Path(sys.argv[1]) / "logs", say=say, stop_within_s=1.0).run
sys.exit(run(lambda: say("ready")))
"""
# Writes what happens to it into the shared file: "<name> <event> <pid>".
CHILD = """
import os, signal, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer
name, journal, port, stubborn = sys.argv[1], sys.argv[2], int(sys.argv[3]), len(sys.argv) > 4
def note(event):
    with open(journal, "a") as file:
        file.write(f"{name} {event} {os.getpid()}\\n")
def stop(number, frame):
    note(signal.Signals(number).name)
    if not stubborn:
        sys.exit(0)
signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)
note("starts")
print("hello from", name, flush=True)
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
time.sleep(0.3)
if port:
    server = HTTPServer(("127.0.0.1", port), Handler)
    note("serves")
    server.serve_forever()
while True:
    time.sleep(1)
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / "journal"
    path.touch()
    return path


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started = []

    def start_supervisor(*children: dict[str, object]) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, str(tmp_path), json.dumps(children)],
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start_supervisor
    for process in started:
        process.kill()
        process.communicate()


def child(name: str, journal: Path, *, serves: bool = False, stubborn: bool = False) -> dict[str, object]:
    port = 0
    if serves:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    argv = [sys.executable, "-c", CHILD, name, str(journal), str(port), *(["stubborn"] if stubborn else [])]
    return {"name": name, "argv": argv, "ready_url": f"http://127.0.0.1:{port}/" if serves else None}


def events(journal: Path) -> list[str]:
    return [line.rpartition(" ")[0] for line in journal.read_text().splitlines()]


def pids(journal: Path, name: str) -> list[int]:
    return [int(line.split()[2]) for line in journal.read_text().splitlines() if line.startswith(f"{name} starts")]


def state(pid: int) -> tuple[int, str]:
    """Its parent's id and its state letter; zombies count as gone: nobody may have taken note of their end yet."""
    found = subprocess.run(["ps", "-o", "ppid=,stat=", "-p", str(pid)], capture_output=True, text=True).stdout.split()
    return (int(found[0]), found[1][0]) if found else (0, "Z")


def is_alive(pid: int) -> bool:
    return state(pid)[1] != "Z"


def eventually(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline().strip()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_starts_in_order_and_a_signal_to_the_group_stops_in_reverse(
    start: Start, journal: Path, tmp_path: Path, number: signal.Signals
) -> None:
    process = start(
        child("sandbox", journal, serves=True), child("web", journal, serves=True), child("worker", journal)
    )
    assert line(process) == "ready"
    # A child that serves nothing counts as started once it has lived a moment; on a busy machine its first word is late.
    assert eventually(lambda: len(events(journal)) == 5)
    assert events(journal) == [
        "sandbox starts",
        "sandbox serves",
        "web starts",
        "web serves",
        "worker starts",
    ]
    assert (tmp_path / "logs" / "web.log").read_text().startswith("hello from web\n")
    os.killpg(process.pid, number)  # as a terminal does on Ctrl-C
    assert process.wait(10) == 0
    assert events(journal)[5:] == ["worker SIGTERM", "web SIGTERM", "sandbox SIGTERM"]


@pytest.mark.parametrize("victim", ["child", "guardian"])
def test_killed_child_is_restarted_and_told(start: Start, journal: Path, victim: str) -> None:
    process = start(child("web", journal, serves=True), child("worker", journal))
    assert line(process) == "ready"
    first = pids(journal, "web")[0]
    os.kill(first if victim == "child" else state(first)[0], signal.SIGKILL)
    assert "web died, killed by SIGKILL; starting again in 0.1 s" in line(process)
    assert line(process) == "hello from web"
    assert not is_alive(first)
    assert eventually(lambda: events(journal).count("web serves") == 2)
    assert events(journal).count("worker starts") == 1
    process.terminate()
    assert process.wait(10) == 0
    assert not any(map(is_alive, pids(journal, "web") + pids(journal, "worker")))


def test_stubborn_child_is_killed(start: Start, journal: Path) -> None:
    process = start(child("stubborn", journal, stubborn=True))
    assert line(process) == "ready"
    process.terminate()
    assert process.wait(10) == 0
    assert events(journal)[-1] == "stubborn SIGTERM"
    assert not is_alive(pids(journal, "stubborn")[0])


def test_gives_up_on_a_child_that_never_starts(start: Start, journal: Path) -> None:
    broken = {"name": "broken", "argv": ["/bin/sh", "-c", "echo no settings; exit 3"]}
    process = start(child("web", journal, serves=True), broken)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert output.count("broken died, exit status 3; starting again") == 4
    assert "broken died 5 times while starting, last exit status 3; giving up" in output
    assert output.rstrip().endswith("no settings")
    assert "ready\n" not in output
    assert events(journal)[-1] == "web SIGTERM"


def test_killed_supervisor_leaves_no_child(start: Start, journal: Path) -> None:
    process = start(
        child("web", journal, serves=True),
        child("worker", journal),
        child("stubborn", journal, stubborn=True),
    )
    assert line(process) == "ready"
    names = ("web", "worker", "stubborn")
    assert eventually(lambda: all(pids(journal, name) for name in names))
    process.kill()
    everyone = [pid for name in names for pid in pids(journal, name)]
    assert eventually(lambda: not any(map(is_alive, everyone)))
