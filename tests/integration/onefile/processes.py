"""Several real processes at once, on the test's own database, Valkey and OneFile."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.integration.onefile.conftest import Answer

ROOT = Path(__file__).resolve().parent.parent.parent.parent
Environment = Callable[..., dict[str, str]]


def at_once(environment: dict[str, str], commands: Sequence[Sequence[str]], seconds: float = 120) -> list[Answer]:
    """All are started before any has ended; what each gave, in their order."""
    processes = [
        subprocess.Popen(
            [sys.executable, "manage.py", *words, "--json"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for words in commands
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
