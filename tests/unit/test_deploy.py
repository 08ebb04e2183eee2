"""The files of deploy/ start what the Procfile names."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.sandbox_process import ROOT

DEPLOY = ROOT / "deploy"


def processes() -> list[str]:
    return re.findall(r"^(\w+): ", (ROOT / "Procfile").read_text(), re.MULTILINE)


def test_compose_has_each_process_once() -> None:
    assert re.findall(r"PROCESS: (\w+)", (DEPLOY / "compose.yaml").read_text()) == processes()


def test_the_unit_names_each_process() -> None:
    unit = (DEPLOY / "systemd" / "picsweb@.service").read_text()
    assert re.findall(r"picsweb@(\w+)", unit.splitlines()[0]) == processes()


def test_the_image_is_built_with_settings_that_are_taken() -> None:
    line = re.search(r"^RUN (SECRET_KEY=.*)\\$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert line
    given = dict(re.findall(r"([A-Z_]+)=(\S+)", line[1]))
    command = [sys.executable, "-c", "import picsweb.settings"]
    done = subprocess.run(command, cwd=ROOT, env={"DEBUG": "0", **given}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
