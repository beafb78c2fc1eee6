"""PostgreSQL on demand: whoever asks first starts and owns it, the others join it until the owner ends."""

import signal
import time
from pathlib import Path

from server.embedded.cluster import Access, Cluster, server_environment
from server.embedded.errors import EmbeddedError, foreign_files_explained
from server.embedded.guardian import Farewell, Guarded
from server.embedded.locks import Claim, exclusive, is_claimed
from server.embedded.logs import open_log, tail
from server.embedded.processes import end_leftovers, kill_postgres, postmaster

# Fast shutdown (sessions are cut, a checkpoint is written), then immediate shutdown (the log is replayed).
_FAREWELL = Farewell(signal.SIGINT, 20.0, signal.SIGQUIT)
_READY_S = 60.0
_ATTEMPTS = 3
_PAUSE_S = 0.05


def start_postgres(data_dir: Path, *, durable: bool = True, database: str = "cardquest") -> "PostgresServer":
    """Starts or joins the PostgreSQL of `data_dir`, recovering from any kill; ensures that `database` exists.

    Blocks until it takes connections (about 2 s the first time). `durable=False` does not wait for the disk:
    a crash of the machine may destroy the cluster, so for throw-away data only. Raises EmbeddedError.
    """
    return PostgresServer(data_dir, durable, database)


class PostgresServer:
    """A running PostgreSQL; `url` survives `restart` unless a stranger took the port meanwhile."""

    url: str

    def __init__(self, data_dir: Path, durable: bool, database: str) -> None:
        if not database.isidentifier():
            raise ValueError(f"not a database name: {database!r}")
        self._data_dir = data_dir.resolve()
        self._durable = durable
        self._database = database
        self._log_path = self._data_dir / "logs" / "postgres.log"
        self._claim_path = self._data_dir / "postgres.owner"
        self._claim: Claim | None = None
        self._guarded: Guarded | None = None
        self._start()

    @property
    def owned(self) -> bool:
        """Whether this object started the server (and ends it), rather than joined another's."""
        return self._claim is not None

    def stop(self) -> None:
        """Shuts the server down, cutting open sessions; does nothing when it was only joined. Idempotent."""
        if self._claim:  # first: from now on nobody may join
            self._claim.release()
            self._claim = None
        if self._guarded:
            self._guarded.stop()
            self._guarded = None

    def crash(self) -> None:
        """SIGKILL to the postmaster and all its children, owned or not; returns when none is left."""
        kill_postgres(self._cluster.data)

    def restart(self) -> None:
        """Stops what still runs and starts again on the same data. Raises EmbeddedError."""
        self.stop()
        self._start()

    def _start(self) -> None:
        try:
            with foreign_files_explained():
                self._data_dir.mkdir(parents=True, exist_ok=True)
                with exclusive(self._data_dir / "postgres.lock"):
                    self._cluster = Cluster(self._data_dir, self._durable)
                    access = self._join() or self._launch()
                    self._cluster.ensure_database(access, self._database)
        except BaseException:
            self.stop()
            raise
        self.url = access.url(self._database)

    def _join(self) -> Access | None:
        """Waits for the server of a living owner, which may just be recovering; None when there is none."""
        deadline = time.monotonic() + _READY_S
        while is_claimed(self._claim_path) and postmaster(self._cluster.data):
            access = self._cluster.access()
            if self._cluster.answers(access):
                return access
            if time.monotonic() > deadline:
                raise EmbeddedError(self._failure("is running but does not answer"))
            time.sleep(_PAUSE_S)
        return None

    def _launch(self) -> Access:
        end_leftovers(self._cluster.data)
        with open_log(self._log_path) as log:
            if not self._cluster.exists():
                self._cluster.create(log, self._log_path)
            for _ in range(_ATTEMPTS):  # a port can be lost between its choice and its use
                access = self._cluster.access_with_free_port()
                argv = self._cluster.server_argv(access)
                self._guarded = Guarded(
                    argv, log=log, env=server_environment(), run_as=self._cluster.run_as, farewell=_FAREWELL
                )
                if self._becomes_ready(self._guarded, access):
                    self._claim = Claim(self._claim_path)
                    return access
                time.sleep(_PAUSE_S)
        raise EmbeddedError(self._failure("did not start"))

    def _becomes_ready(self, guarded: Guarded, access: Access) -> bool:
        deadline = time.monotonic() + _READY_S
        while guarded.exit_code() is None:
            if self._cluster.answers(access):
                return True
            if time.monotonic() > deadline:
                raise EmbeddedError(self._failure(f"did not take connections within {_READY_S:.0f} s"))
            time.sleep(_PAUSE_S)
        return False

    def _failure(self, what: str) -> str:
        return f"PostgreSQL in {self._cluster.data} {what}. {self._log_path} ends with:\n{tail(self._log_path)}"
