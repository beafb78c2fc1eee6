"""Builds the mini-program into miniprogram/dist, and renews the API's types from the OpenAPI document.

Run as `python -m miniprogram.build` or `make mini`. `API_ORIGIN` and `SUBSCRIBE_TEMPLATES` go into the package.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from h5.build import BuildError, find_npm

ROOT = Path(__file__).resolve().parent
TYPES = ROOT / "openapi.d.ts"


def install() -> None:
    """The packages of the lock file, unless they are there. Raises BuildError."""
    lock, installed = ROOT / "package-lock.json", ROOT / "node_modules" / ".package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < lock.stat().st_mtime:
        npm("ci", "--no-audit", "--no-fund")
        installed.touch()


def npm(*arguments: str, given: str | None = None, told: dict[str, str] | None = None) -> str:
    """What npm printed; `given` on its standard input, `told` in its environment. Raises BuildError with its output."""
    command = find_npm()
    environment = os.environ | {
        "PATH": os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")]),
        "NODE_USE_SYSTEM_CA": "1",
        "NO_UPDATE_NOTIFIER": "1",
    }
    done = subprocess.run(
        [*command, *arguments],
        cwd=ROOT,
        env=environment | (told or {}),
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BuildError(f"`npm {' '.join(arguments)}` failed in {ROOT}\n{done.stdout}{done.stderr}")
    return done.stdout


def types_of(document: str) -> str:
    """TypeScript for an OpenAPI document. Raises BuildError."""
    return npm("run", "--silent", "types", given=document)


def check() -> None:
    """The sources fit the types. Raises BuildError."""
    npm("run", "--silent", "check")


def package(folder: Path, told: dict[str, str] | None = None) -> None:
    """What WeChat is given, into `folder`, which is emptied. Raises BuildError."""
    npm("run", "--silent", "build", "--", str(folder), told=told)


def main() -> int:
    """The command line: 0 when dist is current afterwards, 1 with a message when not."""
    try:
        install()
        document = subprocess.run(
            [sys.executable, "-m", "server", "openapi"], cwd=ROOT.parent, stdout=subprocess.PIPE, text=True, check=True
        )
        TYPES.write_text(types_of(document.stdout))
        check()
        package(ROOT / "dist")
    except BuildError as error:
        print(f"miniprogram: {error}", file=sys.stderr)
        return 1
    print(f"miniprogram: built, {ROOT / 'dist'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
