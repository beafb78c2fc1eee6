"""The walls between the rooms hold, and each of them would notice a hole."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
ROOMS = PROJECT["tool"]["importlinter"]["root_packages"]
CONTRACTS = {contract["id"] for contract in PROJECT["tool"]["importlinter"]["contracts"]}
# One hole per wall: a file and the import that must not stand in it.
HOLES = {
    "rooms": ("kit/money.py", "import domain.facts"),
    "capabilities": ("domain/coupons/rules.py", "import domain.tasks"),
    "cycles": ("domain/coupons/states.py", "import domain.coupons.issue"),
    "tables": ("api/me.py", "import models"),
    "pure": ("domain/tasks/rules.py", "import kit.database"),
    "vendors": ("domain/loans/trial.py", "import httpx"),
    "wechatpy": ("channels/sms/client.py", "import wechatpy"),
    "operators": ("api/tasks.py", "import domain.operators"),
}


def lint(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    program = Path(sys.executable).with_name("lint-imports")
    command = [program, "--config", folder / "pyproject.toml", "--no-cache", *arguments]
    env = {"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_the_walls_hold() -> None:
    checked = lint(ROOT)
    assert checked.returncode == 0, checked.stdout


def test_every_wall_is_tried() -> None:
    assert set(HOLES) == CONTRACTS


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    for room in ROOMS:
        ignored = shutil.ignore_patterns("node_modules", "dist", "__pycache__")
        shutil.copytree(ROOT / room, folder / room, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    assert lint(folder).returncode == 0
    return folder


@pytest.mark.parametrize("contract", HOLES)
def test_a_hole_in_a_wall_is_found(contract: str, copy: Path) -> None:
    name, line = HOLES[contract]
    file = copy / name
    whole = file.read_text()
    try:
        file.write_text(f"{whole}\n{line}\n")
        checked = lint(copy, "--contract", contract)
    finally:
        file.write_text(whole)
    assert checked.returncode != 0, f"{line} in {name} went unnoticed"
    assert "BROKEN" in checked.stdout, checked.stdout + checked.stderr
