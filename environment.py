#!/usr/bin/env python3
"""Makes the virtual environment and the pages: `python3 environment.py [--dev]`. Needs only Python 3.11 or newer.

Everything comes from the lock files and is done again only when they have changed.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST = (3, 11)


def main() -> None:
    """Make what is missing."""
    if sys.version_info < OLDEST:
        sys.exit(f"Cardquest needs Python {'.'.join(map(str, OLDEST))} or newer; this is {sys.version.split()[0]}")
    install("requirements-dev.lock" if "--dev" in sys.argv else "requirements.lock")
    if "--no-pages" not in sys.argv:
        subprocess.run([PYTHON, ROOT / "h5" / "build.py"], check=True)


def install(lock: str) -> None:
    """The packages of one lock file, and this checkout itself."""
    digest = hashlib.sha256((ROOT / lock).read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamp = VENV / f"{lock}.installed"
    if stamp.exists() and stamp.read_text() == digest:
        return
    if not PYTHON.exists():
        try:
            venv.create(VENV, with_pip=True)
        except (subprocess.CalledProcessError, ImportError):
            sys.exit("This Python cannot make virtual environments; on Debian and Ubuntu install python3-venv")
    print(f"installing {lock} into .venv …", flush=True)
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-r", ROOT / lock], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT], check=True)
    stamp.write_text(digest)


if __name__ == "__main__":
    main()
