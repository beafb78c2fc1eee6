"""Where a run happens: a durable PostgreSQL, a Valkey, web processes and workers, a clock of its own."""

import asyncio
import shutil
import struct
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import TypeVar

import httpx

from server import local
from server.embedded import PostgresServer, ValkeyServer, reset, start_postgres, start_valkey
from server.local import Place
from tests.faults.processes import Process
from tests.faults.tasks import NOW
from tests.platform import free_port

_LOOK_S = 0.05
_SECONDS = struct.Struct("<d")


class House:
    """Everything that can be broken, and the keeper that starts again what has died, as a supervisor would."""

    def __init__(self, folder: Path, postgres: PostgresServer, valkey: ValkeyServer, webs: int, workers: int) -> None:
        self.folder, self.postgres, self.valkey = folder, postgres, valkey
        self.logs = folder / "logs"
        self._clock = folder / "clock"
        self._clock.write_bytes(_SECONDS.pack(NOW.timestamp() - time.time()))
        self.urls = [f"http://127.0.0.1:{free_port()}" for _ in range(webs)]
        serving = [self.process(f"web-{n}", "serve", int(url.rsplit(":", 1)[1])) for n, url in enumerate(self.urls, 1)]
        working = [self.process(f"worker-{n}", "work") for n in range(1, workers + 1)]
        self.processes = [*serving, *working]
        self.starts = 0
        self.unbidden_deaths: list[str] = []
        self._database_down = False
        self._database_up_since = time.monotonic()

    def process(self, name: str, command: str, port: int = 1) -> Process:
        """A process of the program in this house; not started."""
        given = local.fill_in(Place(self.folder, port, 1))
        addresses = {"DATABASE_URL": self.postgres.url, "REDIS_URL": self.valkey.url}
        return Process(name, command, {**given, **addresses, "LOG_JSON": "true"}, self.logs)

    async def prepare(self, command: str) -> None:
        """Run a command of `tests.faults.prepare`, again and again until it succeeds."""
        process = self.process(command, command)
        for _ in range(20):
            process.start()
            if await process.finish() == 0:
                return
            await asyncio.sleep(0.5)
        raise AssertionError(f"{command} never succeeded: see {self.logs / command}.log")

    async def ready(self) -> None:
        """Waits until every web process answers."""
        async with httpx.AsyncClient(trust_env=False) as http:
            for url in self.urls:
                while not await _answers(http, f"{url}/readyz"):
                    await asyncio.sleep(_LOOK_S)

    def now(self) -> float:
        """Business time in Unix seconds."""
        offset: float = _SECONDS.unpack(self._clock.read_bytes())[0]
        return time.time() + offset

    def pass_days(self, days: int) -> None:
        """Move the clock of every process."""
        self.move_clock(days * 86_400)

    def move_clock(self, seconds: float) -> None:
        """Move the clock of every process."""
        with self._clock.open("r+b") as file:
            file.write(_SECONDS.pack(self.now() - time.time() + seconds))

    def was_whole_since(self, moment: float) -> bool:
        """Whether PostgreSQL has been up, and for a while, since `moment` of the monotonic clock."""
        return not self._database_down and moment > self._database_up_since + 2.0

    async def keep(self, chance: Random) -> None:
        """Start what is dead, after a pause as short or long as a supervisor may take. Runs until cancelled."""
        due: dict[str, float] = {}
        while True:
            for process in self.processes:
                if process.exit_code is None:
                    continue
                if process.name not in due:
                    due[process.name] = time.monotonic() + chance.uniform(0.0, 0.8)
                    self._inquire(process)
                elif time.monotonic() >= due[process.name]:
                    del due[process.name]
                    process.start()
                    self.starts += 1
            await asyncio.sleep(_LOOK_S)

    def _inquire(self, process: Process) -> None:
        """A process may end by itself only when it cannot reach its database at its start."""
        if process.exit_code != -9 and self.was_whole_since(process.started_at):
            self.unbidden_deaths.append(f"{process.name} ended by itself with {process.exit_code}")

    async def crash_postgres(self, pause_s: float) -> None:
        """`kill -9` to all its processes, and a start on what they left."""
        self._database_down = True
        url = self.postgres.url
        await asyncio.to_thread(self.postgres.crash)
        await asyncio.sleep(pause_s)
        await asyncio.to_thread(self.postgres.restart)
        assert self.postgres.url == url, "a stranger took PostgreSQL's port"
        self._database_up_since, self._database_down = time.monotonic(), False

    async def crash_valkey(self, pause_s: float) -> None:
        """It comes back empty."""
        await asyncio.to_thread(self.valkey.crash)
        await asyncio.sleep(pause_s)
        await asyncio.to_thread(self.valkey.restart)

    def end(self) -> None:
        """No process of the program is left."""
        for process in self.processes:
            process.kill()


Built = TypeVar("Built", bound=House)


async def _answers(http: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(url)).status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def house(kind: type[Built] = House, webs: int = 2, workers: int = 2) -> Iterator[Built]:  # type: ignore[assignment]
    """A house in a folder of its own; nothing of it is left afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="cardquest-faults-"))
    folder.chmod(0o755)  # PostgreSQL's own user must be able to enter
    servers: list[PostgresServer | ValkeyServer] = []
    try:
        postgres = start_postgres(folder)
        servers.append(postgres)
        valkey = start_valkey(folder)
        servers.append(valkey)
        made = kind(folder, postgres, valkey, webs, workers)
        try:
            yield made
        finally:
            made.end()
    finally:
        for server in servers:
            server.stop()
        reset(folder)
        shutil.rmtree(folder, ignore_errors=True)
