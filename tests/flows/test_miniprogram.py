"""The mini-program: its API types are the document's, its package is in order, and it works against real processes."""

import os
import subprocess
from pathlib import Path

import pytest

from h5.build import find_npm
from tests.platform import ROOT, Platform

ROOM = ROOT / "miniprogram"


@pytest.fixture(scope="module")
def npm() -> list[str]:
    """npm, with the packages of the lock file in place."""
    command = find_npm()
    lock, installed = ROOM / "package-lock.json", ROOM / "node_modules" / ".package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < lock.stat().st_mtime:
        run(command, "ci", "--no-audit", "--no-fund")
        installed.touch()
    return command


def run(npm: list[str], *arguments: str, given: str | None = None, **environment: str) -> str:
    folder = str(Path(npm[0]).parent)
    path = os.pathsep.join([folder, os.environ.get("PATH", "")])
    env = os.environ | {"PATH": path, "NODE_USE_SYSTEM_CA": "1", "NO_UPDATE_NOTIFIER": "1"} | environment
    done = subprocess.run(
        [*npm, *arguments], cwd=ROOM, env=env, input=given, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_api_types_are_those_of_the_document(npm: list[str], platform: Platform) -> None:
    document = platform.run("openapi")
    assert document.returncode == 0, document.stderr
    made = run(npm, "run", "--silent", "types", given=document.stdout)
    assert made == (ROOM / "openapi.d.ts").read_text(), "openapi.d.ts is out of date: make mini"


def test_the_sources_fit_the_types(npm: list[str]) -> None:
    run(npm, "run", "--silent", "check")


def test_pages_and_package(npm: list[str], platform: Platform, tmp_path: Path) -> None:
    """Everything in miniprogram/tests, against a package built for this platform."""
    told = {"API_ORIGIN": platform.url, "SUBSCRIBE_TEMPLATES": "template-1", "MINI_DIST": str(tmp_path)}
    run(npm, "exec", "--offline", "--", "node", "scripts/build.mjs", str(tmp_path), **told)
    run(npm, "test", **told, PLATFORM_URL=platform.url, SANDBOX_URL=platform.sandbox_url)
