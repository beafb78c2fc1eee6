"""The pages' own tests: words, figures and times, without a browser."""

import subprocess

from h5.build import ROOT, find_npm


def test_the_pages_own_tests_pass() -> None:
    done = subprocess.run([*find_npm(), "test"], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
