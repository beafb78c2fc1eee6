"""How a process ends."""

import subprocess
import sys


def test_nothing_is_walked_when_the_interpreter_collects_for_the_last_time() -> None:
    told = "import atexit, gc; atexit.register(lambda: print(gc.get_freeze_count() > 1000)); import kit"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
