"""python -m tests.skewed SECONDS PROGRAM [WORDS ...]: a program on a machine whose clock is so much ahead (or behind).

The time that passes is the true one; the monotonic clock is left alone, as a wrong clock leaves it.
"""

from __future__ import annotations

import runpy
import sys
import time

import time_machine


def main(seconds: str, *program: str) -> None:
    sys.argv = list(program)
    with time_machine.travel(time.time() + float(seconds), tick=True):
        runpy.run_path(program[0], run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
