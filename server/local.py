"""Everything a machine with only Python lacks: keys, secrets, partners and servers, kept under DATA_DIR.

What the environment says always wins; what it leaves out is filled in for the demo and for local work.
"""

import os
import secrets
import shutil
import socket
import string
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from channels.sandbox import ensure_keys
from server.embedded import PostgresServer, ValkeyServer, start_postgres, start_valkey
from server.settings import SettingsError


@dataclass(frozen=True)
class Place:
    """Where a local program lives and which ports it takes."""

    data_dir: Path
    port: int
    sandbox_port: int

    @property
    def public_url(self) -> str:
        """The platform's own address."""
        return os.environ.get("PUBLIC_URL", f"http://127.0.0.1:{self.port}")

    @property
    def sandbox_url(self) -> str:
        """The partners' twins."""
        return f"http://127.0.0.1:{self.sandbox_port}"


def place() -> Place:
    """From `DATA_DIR`, `PORT` and `SANDBOX_PORT`."""
    return Place(
        Path(os.environ.get("DATA_DIR") or ".data").resolve(), _port("PORT", 8000), _port("SANDBOX_PORT", 8100)
    )


def _port(name: str, default: int) -> int:
    given = os.environ.get(name) or str(default)
    if not (given.isdigit() and 0 < int(given) < 65536):
        raise SettingsError(f"{name}: {given!r} is no port")
    return int(given)


def taken_ports(where: Place) -> list[int]:
    """Which of the demo's ports another program listens on."""
    return [port for port in (where.port, where.sandbox_port) if _is_taken(port)]


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_local() -> bool:
    """Whether this machine has to bring its own servers: nobody named a database."""
    return not os.environ.get("DATABASE_URL")


def fill_in(where: Place) -> dict[str, str]:
    """The settings the environment leaves out, except the servers' addresses; keys are made once and kept."""
    keys = ensure_keys(where.data_dir / "keys")
    defaults = {
        "SESSION_KEYS": "local:" + _kept(where.data_dir / "keys" / "session"),
        "VAULT_KEYS": "local:" + _kept(where.data_dir / "keys" / "vault"),
        "CARD_CORE_URL": f"{where.sandbox_url}/card-core",
        "CARD_CORE_PUBLIC_KEY_FILE": str(keys.card_core_public_file),
        "BANK_APP_URL": f"{where.sandbox_url}/bank-app",
        "BANK_APP_PUBLIC_KEY_FILE": str(keys.bank_app_public_file),
        "SUPPLIER_SIGNING_KEY_FILE": str(keys.platform_private_file),
        "SUPPLIERS_INBOX_DIR": str(where.data_dir / "suppliers"),
        "WECHAT_URL": f"{where.sandbox_url}/wechat",
        "WECHAT_APP_ID": "wxcardquestdemo0001",
        "WECHAT_SECRET": _kept(where.data_dir / "keys" / "wechat"),
        "WECHAT_ACCOUNT_APP_ID": "wxcardquestdemo0002",
        "WECHAT_ACCOUNT_SECRET": _kept(where.data_dir / "keys" / "wechat_account"),
        "WECHAT_CALLBACK_TOKENS": _kept(where.data_dir / "keys" / "wechat_callback_token", _letters(32)),
        "WECHAT_CALLBACK_KEYS": _kept(where.data_dir / "keys" / "wechat_callback_key", _letters(43)),
        "WECHAT_OPEN_URL": f"{where.sandbox_url}/wechat",
        "SMS_URL": f"{where.sandbox_url}/sms",
        "SMS_PUBLIC_KEY_FILE": str(keys.sms_public_file),
        "PUSH_URL": f"{where.sandbox_url}/push",
        "PUSH_PUBLIC_KEY_FILE": str(keys.push_public_file),
        "PUBLIC_URL": where.public_url,
        "CLOCK_FILE": str(where.data_dir / "clock"),
        "COOKIE_SECURE": "false",
        "LOG_JSON": "false",
        # The time machine must not sign its user out.
        "SESSION_HOURS": str(24 * 400),
        "OPERATOR_SESSION_HOURS": str(24 * 400),
    }
    here = {"DATA_DIR": str(where.data_dir), "PORT": str(where.port), "SANDBOX_PORT": str(where.sandbox_port)}
    return {name: os.environ.get(name) or value for name, value in defaults.items()} | here


@contextmanager
def servers(where: Place) -> Iterator[dict[str, str]]:
    """`DATABASE_URL` and `REDIS_URL`: the environment's, or servers of our own for as long as the block lasts.

    A server another process of ours started is joined, and left running.
    """
    where.data_dir.mkdir(parents=True, exist_ok=True)
    started: list[PostgresServer | ValkeyServer] = []
    try:
        urls = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
        if "DATABASE_URL" not in urls:
            postgres = start_postgres(where.data_dir)
            started.append(postgres)
            urls["DATABASE_URL"] = postgres.url
        if "REDIS_URL" not in urls:
            valkey = start_valkey(where.data_dir)
            started.append(valkey)
            urls["REDIS_URL"] = valkey.url
        yield urls
    finally:
        for server in reversed(started):
            server.stop()


def _letters(count: int) -> str:
    """Random letters and digits, as WeChat wants its callback token and key."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(count))


def _kept(file: Path, made: str | None = None) -> str:
    """A random secret (`made`, or one of the usual form), made once, readable by its owner only."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text()
    with os.fdopen(handle, "w") as out:
        out.write(made or secrets.token_urlsafe(48))
    return file.read_text()


def clear(where: Place) -> None:
    """Remove what is left under the data directory once the servers' own data is gone."""
    shutil.rmtree(where.data_dir, ignore_errors=True)
