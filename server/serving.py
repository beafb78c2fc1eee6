"""Serves an app by this one process; a supervisor (ours, systemd, a container's) restarts it when it dies."""

import os
from pathlib import Path

from sanic import Sanic

from channels.sandbox import SandboxConfig, create_sandbox
from kit import clock, logging
from server import local
from server.local import Place
from server.settings import Settings

_BACKLOG = 2048


def serve_web(settings: Settings) -> None:
    """Blocks until SIGTERM or SIGINT."""
    from server.web import create_app

    run(create_app(settings), settings.host, settings.port)


def serve_sandbox(where: Place) -> None:
    """Blocks until SIGTERM or SIGINT. The sandbox moves the clock of every process that shares its file."""
    logging.configure(json_lines=False)
    given = local.fill_in(where)
    clock.attach(where.data_dir / "clock")
    config = SandboxConfig(
        platform_url=given["PUBLIC_URL"],
        keys_dir=where.data_dir / "keys",
        data_dir=where.data_dir / "sandbox",
        wechat_app_id=given["WECHAT_APP_ID"],
        wechat_secret=given["WECHAT_SECRET"],
        wechat_account_app_id=given["WECHAT_ACCOUNT_APP_ID"],
        wechat_account_secret=given["WECHAT_ACCOUNT_SECRET"],
        wechat_callback_token=given["WECHAT_CALLBACK_TOKENS"].split(",")[0],
        wechat_callback_key=given["WECHAT_CALLBACK_KEYS"].split(",")[0],
        suppliers_inbox_dir=Path(given["SUPPLIERS_INBOX_DIR"]),
    )
    run(create_sandbox(config), os.environ.get("SANDBOX_HOST", "127.0.0.1"), where.sandbox_port)


def run(app: Sanic, host: str, port: int) -> None:
    """Serve `app`, the only one of this process, until SIGTERM or SIGINT."""
    # Sanic leaves out the signals nobody listens for, a sixth of the time a request takes. It does so by rewriting
    # classes of the process, which is why tests, with app after app in theirs, do without.
    app.config.TOUCHUP = True
    # Sanic's own backlog of 100 is less than a rush brings: who finds no place in it tries again a second later.
    app.run(host, port, single_process=True, access_log=False, motd=False, backlog=_BACKLOG)
