"""Every command of docs/operators.md, run in one shell from top to bottom, answers what the page says it does."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.platform import ROOT, Platform

GUIDE = ROOT / "docs" / "operators.md"
_BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_END_OF_STEP = "--- end of step"


def steps() -> list[tuple[str, str | None]]:
    """Each block of commands, and the output that follows it on the page, where there is one."""
    blocks = [(found[1], found[2]) for found in _BLOCK.finditer(GUIDE.read_text())]
    return [
        (text, blocks[place + 1][1] if place + 1 < len(blocks) and blocks[place + 1][0] == "text" else None)
        for place, (kind, text) in enumerate(blocks)
        if kind == "sh"
    ]


@pytest.mark.skipif(shutil.which("curl") is None, reason="the guide uses curl, which this machine has not")
def test_every_command_of_the_guide_does_what_the_page_says(platform: Platform, tmp_path: Path) -> None:
    script = tmp_path / "guide.sh"
    script.write_text("set -eo pipefail\n" + "".join(f"{text}\necho; echo '{_END_OF_STEP}'\n" for text, _ in steps()))
    here = {"http://127.0.0.1:8000": platform.url, "http://127.0.0.1:8100": platform.sandbox_url}
    for told, real in here.items():
        script.write_text(script.read_text().replace(told, real))
    bin_folder = Path(sys.executable).parent
    done = subprocess.run(
        ["bash", script],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=tmp_path,
        env={"PATH": f"{bin_folder}:/usr/local/bin:/usr/bin:/bin", "no_proxy": "*"},
    )
    said = done.stdout.split(_END_OF_STEP)
    assert done.returncode == 0, f"the last thing said: {said[-1]} {done.stderr}"
    for (commands, expected), answer in zip(steps(), said[:-1], strict=True):
        if expected is not None:
            assert _reads(answer, expected), f"{commands}\n--- the page says\n{expected}\n--- it answered\n{answer}"


def _reads(answer: str, expected: str) -> bool:
    """Whether the answer has the lines of the page, in order; `…` stands for anything."""
    lines = [re.escape(line).replace("…", ".*") for line in expected.strip().splitlines()]
    return re.search(".*".join(lines), answer, re.DOTALL) is not None


def test_the_guide_has_commands_and_expectations() -> None:
    assert sum(expected is not None for _, expected in steps()) >= 5
