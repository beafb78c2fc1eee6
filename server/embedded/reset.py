"""Forgetting the local servers' data, wherever it lies."""

from pathlib import Path

from server.embedded.errors import EmbeddedError, foreign_files_explained
from server.embedded.locks import exclusive, is_claimed
from server.embedded.places import postgres_homes, remove, short_folder
from server.embedded.processes import end_leftovers


def reset(data_dir: Path) -> None:
    """Deletes both servers' data of `data_dir`, also what lies outside it; other files stay. Idempotent.

    Raises EmbeddedError while a living process owns one of the servers.
    """
    data_dir = data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True)  # the locks need it, also when only the rest outside is left
    with foreign_files_explained(), exclusive(data_dir / "postgres.lock"), exclusive(data_dir / "valkey.lock"):
        for name in ("postgres", "valkey"):
            if is_claimed(data_dir / f"{name}.owner"):
                raise EmbeddedError(f"the {name} of {data_dir} is in use: stop the process that started it first")
        for home in postgres_homes(data_dir):
            end_leftovers(home / "data")
            remove(home)
        remove(data_dir / "valkey")
        remove(short_folder(data_dir))
