"""A PostgreSQL cluster on disk: made by initdb, served with the arguments given here, asked by psql."""

import json
import os
import secrets
import signal
import socket
import subprocess
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, NamedTuple

from server.embedded.errors import EmbeddedError
from server.embedded.guardian import Farewell, Guarded
from server.embedded.logs import tail
from server.embedded.places import postgres_binaries, postgres_home, remove

USER = "cardquest"
_HOST = "127.0.0.1"
# Below the range from which systems take ports for outgoing connections (32768 on Linux, 49152 on macOS).
_PORTS = range(20000, 32000)
_INITDB_FAREWELL = Farewell(signal.SIGKILL, 5.0, signal.SIGKILL)  # nothing of it is of use
_INITDB_S = 120.0
_QUERY_S = 20.0
_SETTINGS = {
    "listen_addresses": _HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Access(NamedTuple):
    """How clients reach the server; kept in the data directory, readable by its owner only."""

    port: int
    password: str

    def url(self, database: str) -> str:
        return f"postgres://{USER}:{self.password}@{_HOST}:{self.port}/{database}"


class Cluster:
    """Call its methods only under the lock of the data directory, except `query`."""

    def __init__(self, data_dir: Path, durable: bool) -> None:
        """Raises EmbeddedError when no place or no program can be found."""
        home = postgres_home(data_dir)
        self.run_as = home.run_as
        self.data = home.path / "data"
        self._home = home.path
        self._programs = postgres_binaries(home)
        self._access_file = data_dir / "postgres" / "access.json"
        self._durable = durable

    def exists(self) -> bool:
        return self.data.exists()

    def create(self, log: BinaryIO, log_path: Path) -> None:
        """initdb under another name, then a rename: what exists is complete. Raises EmbeddedError."""
        for stale in self._home.glob("new-*"):
            remove(stale)
        access = Access(_free_port(), secrets.token_hex(24))
        new = self._home / f"new-{secrets.token_hex(4)}"
        new.mkdir(mode=0o711)
        password_file = new / "password"
        _write_private(password_file, access.password)
        (new / "data").mkdir(mode=0o700)
        if self.run_as:
            os.chown(password_file, *self.run_as)
            os.chown(new / "data", *self.run_as)
        argv = [str(self._programs / "initdb"), f"--pgdata={new / 'data'}", f"--username={USER}"]
        argv += [f"--pwfile={password_file}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
        argv += [] if self._durable else ["--no-sync"]
        initdb = Guarded(argv, log=log, env=server_environment(), run_as=self.run_as, farewell=_INITDB_FAREWELL)
        if (code := initdb.wait(_INITDB_S)) != 0:
            initdb.stop()
            raise EmbeddedError(f"initdb failed ({code}) for {self.data}:\n{tail(log_path)}")
        self._keep(access)
        (new / "data").rename(self.data)
        remove(new)

    def access(self) -> Access:
        """Raises EmbeddedError when the file is lost."""
        try:
            return Access(**json.loads(self._access_file.read_bytes()))
        except FileNotFoundError:
            raise EmbeddedError(f"{self._access_file} is lost and {self.data} needs its password: reset") from None

    def access_with_free_port(self) -> Access:
        """The remembered port while nobody else took it, otherwise a new one, remembered from now on."""
        access = self.access()
        if not _is_free(access.port):
            access = access._replace(port=_free_port())
            self._keep(access)
        return access

    def server_argv(self, access: Access) -> list[str]:
        settings = _SETTINGS | {"port": str(access.port)} | ({} if self._durable else _NOT_DURABLE)
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self._programs / "postgres"), "-D", str(self.data), *options]

    def ensure_database(self, access: Access, name: str) -> None:
        """Idempotent. Raises EmbeddedError."""
        if name not in self.query(access, "SELECT datname FROM pg_database").splitlines():
            self.query(access, f'CREATE DATABASE "{name}"')

    def answers(self, access: Access) -> bool:
        """Whether the server on our port takes connections and is really the one of this cluster."""
        try:
            return self.query(access, "SHOW data_directory") == str(self.data)
        except EmbeddedError:
            return False

    def query(self, access: Access, sql: str) -> str:
        """The first column of the answer as text. Raises EmbeddedError with psql's words."""
        argv = [str(self._programs / "psql"), "-XAtqw", "-h", _HOST, "-p", str(access.port)]
        argv += ["-U", USER, "-d", "postgres", "-c", sql]
        secret = {"PGPASSWORD": access.password, "PGCONNECT_TIMEOUT": "5", "PGSSLMODE": "disable"}
        try:
            done = subprocess.run(
                argv, env=server_environment() | secret, capture_output=True, text=True, timeout=_QUERY_S
            )
        except subprocess.TimeoutExpired:
            raise EmbeddedError(f"PostgreSQL on port {access.port} is silent for {_QUERY_S} s") from None
        if done.returncode != 0:
            raise EmbeddedError(f"PostgreSQL on port {access.port}: {done.stderr.strip()}")
        return done.stdout.strip()

    def _keep(self, access: Access) -> None:
        new = self._access_file.with_name(f"access-{secrets.token_hex(4)}.json")
        _write_private(new, json.dumps(access._asdict()))
        new.replace(self._access_file)


def server_environment() -> dict[str, str]:
    """Ours without what would redirect PostgreSQL's programs, and with their messages in English."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def _write_private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as PostgreSQL does: a port in TIME_WAIT is free
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
        return True


def _free_port() -> int:
    for port in secrets.SystemRandom().sample(_PORTS, 200):
        if _is_free(port):
            return port
    raise EmbeddedError(f"no free port on {_HOST} between {_PORTS.start} and {_PORTS.stop}")
