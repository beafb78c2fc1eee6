"""The house rules a machine can check: sizes, docstrings, who reads the environment, what is never committed."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("api", "admin_api", "channels", "domain", "h5", "kit", "miniprogram", "models", "server")
LONGEST_FILE, LONGEST_FUNCTION = 300, 60
MAY_READ_ENVIRONMENT = {
    "server/settings.py",
    "server/local.py",
    "server/cli.py",
    "server/demo.py",
    "server/demo_data.py",
    "server/serving.py",
    "server/supervisor.py",
    "server/embedded/cluster.py",
}


def sources(*rooms: str) -> Iterator[tuple[str, str]]:
    for room in rooms:
        for file in sorted((ROOT / room).rglob("*.py")):
            name = file.relative_to(ROOT).as_posix()
            if "node_modules" not in name and not name.startswith("models/migrations/0"):
                yield name, file.read_text()


def committed() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_files_are_short() -> None:
    long = {name: text.count("\n") for name, text in sources(*ROOMS, "tests") if text.count("\n") > LONGEST_FILE}
    assert not long


def test_functions_are_short() -> None:
    long = [
        (name, node.name)
        for name, text in sources(*ROOMS)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert not long


def test_modules_and_public_names_say_what_they_are_for() -> None:
    silent = []
    for name, text in sources(*ROOMS):
        tree = ast.parse(text)
        if text.strip() and not ast.get_docstring(tree):
            silent.append(name)
        for node in tree.body:
            public = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
            if public and not node.name.startswith("_") and not ast.get_docstring(node):
                silent.append(f"{name}: {node.name}")
    assert not silent


def test_only_the_start_of_the_program_reads_the_environment() -> None:
    readers = {name for name, text in sources(*ROOMS) if re.search(r"os\.(environ|getenv)", text)}
    assert readers - MAY_READ_ENVIRONMENT - {"h5/build.py", "miniprogram/build.py"} == set()


def test_only_the_clock_tells_the_time() -> None:
    tellers = {name for name, text in sources("api", "admin_api", "channels", "domain") if "datetime.now(" in text}
    assert not tellers


def test_no_registry_address_is_committed() -> None:
    registry = re.compile(rb"https?://[^\s\"']*(pypi|npmjs|npmmirror|registry\.|files\.pythonhosted)")
    found = [name for name in committed() if registry.search((ROOT / name).read_bytes())]
    assert not found


def test_no_private_key_is_committed() -> None:
    mark = b"PRIVATE " + b"KEY-----"
    assert not [name for name in committed() if mark in (ROOT / name).read_bytes()]
