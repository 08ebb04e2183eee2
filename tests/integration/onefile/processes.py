"""Several real processes at once, on the test's own database, Valkey and OneFile."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import zip_longest
from pathlib import Path

from tests.integration.onefile.conftest import Answer

ROOT = Path(__file__).resolve().parent.parent.parent.parent
Environment = Callable[..., dict[str, str]]


def at_once(
    environment: dict[str, str],
    commands: Sequence[Sequence[str]],
    seconds: float = 120,
    clocks: Sequence[float] = (),
) -> list[Answer]:
    """All are started before any has ended; what each gave, in their order.

    ``clocks``: how many seconds each one's clock is ahead.
    """
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.skewed", str(ahead), "manage.py", *words, "--json"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for words, ahead in zip_longest(commands, clocks, fillvalue=0.0)
    ]
    try:
        return [_answer(process, seconds) for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def _answer(process: subprocess.Popen[str], seconds: float) -> Answer:
    out, errors = process.communicate(timeout=seconds)
    assert out, errors
    return Answer(process.returncode, json.loads(out))
