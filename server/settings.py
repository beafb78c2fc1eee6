"""Every setting of the program, read once from the environment; nobody else reads it."""

import os
import re
from dataclasses import MISSING, dataclass, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any

ENVIRONMENT_HELP = "see docs/deploy.md"


class SettingsError(Exception):
    """A setting is missing or impossible; the message names it."""


@dataclass(frozen=True)
class Settings:
    """Frozen at start. Keys are file paths, so that no secret stands in an environment listing."""

    database_url: str
    redis_url: str
    session_keys: dict[str, str]
    """`kid` → HS256 key of at least 32 bytes; the last one signs, all verify."""
    vault_keys: dict[str, str]
    """`kid` → secret of at least 32 bytes under which voucher codes are kept; the last one encrypts, all decrypt."""
    card_core_url: str
    card_core_public_key_file: Path
    bank_app_url: str
    """Where one-time codes of the bank's app become tickets."""
    bank_app_public_key_file: Path
    supplier_signing_key_file: Path
    """PEM of the RSA key our calls to benefit suppliers are signed with."""
    wechat_url: str
    wechat_app_id: str
    wechat_secret: str
    """Of the mini-program."""
    wechat_account_app_id: str
    wechat_account_secret: str
    """Of the official account."""
    wechat_callback_tokens: tuple[str, ...]
    """What WeChat signs its callbacks with: present ones, and previous ones for as long as they may come."""
    wechat_callback_keys: tuple[str, ...]
    """The `EncodingAESKey`s it encrypts them with, likewise."""
    sms_url: str
    sms_public_key_file: Path
    push_url: str
    """Of the service for notifications of the bank's app."""
    push_public_key_file: Path
    wechat_open_url: str = "https://open.weixin.qq.com"
    """Where pages inside WeChat send their visitors for a login code."""
    data_dir: Path = Path(".data")
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    audience: str = "cardquest"
    session_hours: int = 24
    operator_session_hours: int = 8
    operator_idle_minutes: int = 30
    """An operator's session that nobody used for so long ends."""
    second_factor_required: bool = False
    """Operators without a second factor may then only enrol one."""
    cookie_secure: bool = True
    clock_file: Path | None = None
    """Set only where business time may be moved: the sandbox, the demo, tests."""
    lateness_days: int = 7
    pool_size: int = 10
    log_json: bool = True
    log_level: str = "INFO"
    partner_timeout_seconds: float = 5.0
    event_stream: str | None = None
    """Key of the Redis stream (on `redis_url`) the card core tells us by."""
    kafka_brokers: str | None = None
    kafka_topic: str = "card-core-events"
    kafka_group: str = "cardquest"
    kafka_options_file: Path | None = None
    """librdkafka's options, `key=value` a line: TLS, SASL."""
    inbox_dir: Path | None = None
    """Where the card core's T+1 files arrive."""
    inbox_due_hour: int = 10
    reconcile_minutes: int = 60
    """How often the worker checks every invariant; 0: never."""
    suppliers_inbox_dir: Path | None = None
    """Where suppliers' files of a day arrive, in a folder for each."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks (CIDR) of our own proxies: only what they forward is believed to be the client's address."""


_REQUIRED = {field.name for field in fields(Settings) if field.default is MISSING}


def from_environment(environ: dict[str, str] | None = None) -> Settings:
    """Settings from variables named like the fields in capitals. Raises `SettingsError` naming all that is wrong."""
    source = dict(os.environ if environ is None else environ)
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for field in fields(Settings):
        given = source.get(field.name.upper())
        if not given:
            if field.name in _REQUIRED:
                wrong.append(f"{field.name.upper()} is missing")
            continue
        try:
            values[field.name] = _parse(field.name, given)
        except ValueError as error:
            wrong.append(f"{field.name.upper()}: {error}")
    if wrong:
        raise SettingsError("; ".join(wrong) + f" ({ENVIRONMENT_HELP})")
    return Settings(**values)


def _parse(name: str, given: str) -> Any:
    if name in ("session_keys", "vault_keys"):
        return _keys(given)
    if name == "wechat_callback_tokens":
        return _several(given, re.compile(r"[A-Za-z0-9]{3,32}"), "3 to 32 letters and digits")
    if name == "wechat_callback_keys":
        return _several(given, re.compile(r"[A-Za-z0-9]{43}"), "43 letters and digits")
    if name == "trusted_proxies":
        return tuple(str(ip_network(part.strip())) for part in given.split(","))
    if name.endswith(("_file", "_dir")):
        return Path(given)
    if name in (
        "port",
        "session_hours",
        "operator_session_hours",
        "operator_idle_minutes",
        "lateness_days",
        "pool_size",
    ):
        return int(given)
    if name == "reconcile_minutes":
        if not given.isdecimal():
            raise ValueError("minutes, or 0 for never")
        return int(given)
    if name == "partner_timeout_seconds":
        return float(given)
    if name == "inbox_due_hour":
        if not (given.isdecimal() and int(given) < 24):
            raise ValueError("an hour of the day, 0 to 23")
        return int(given)
    if name == "log_level":
        if given not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("DEBUG, INFO, WARNING or ERROR")
        return given
    if name in ("cookie_secure", "log_json", "second_factor_required"):
        if given.lower() not in ("true", "false"):
            raise ValueError("true or false")
        return given.lower() == "true"
    return given


def _several(given: str, form: re.Pattern[str], words: str) -> tuple[str, ...]:
    parts = tuple(given.split(","))
    if not all(form.fullmatch(part) for part in parts):
        raise ValueError(f"expected {words}, several separated by commas")
    return parts


def _keys(given: str) -> dict[str, str]:
    """`kid:key,kid:key`; a short key would be a weak one (PyJWT only warns of it)."""
    keys = dict(part.split(":", 1) for part in given.split(",") if ":" in part)
    if not keys:
        raise ValueError("expected kid:key, several separated by commas")
    for kid, key in keys.items():
        if len(key.encode()) < 32:
            raise ValueError(f"key {kid} has fewer than 32 bytes")
    return keys
