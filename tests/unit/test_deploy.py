"""The files of deploy/ start what the Procfile names."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.fixture
def systemd_run(tmp_path: Path) -> dict[str, str]:
    """Says what it was asked for, a word a line."""
    stand_in = tmp_path / "systemd-run"
    stand_in.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\nexit 3\n")
    stand_in.chmod(0o755)
    return {"PATH": f"{tmp_path}:{os.environ['PATH']}"}


MANAGE = [str(DEPLOY / "systemd" / "picsweb-manage"), "onefile_settings", "alerts_to=a b", "customer_token=@-"]


def piped(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(MANAGE, env=environment, input="", capture_output=True, text=True, check=False)


def test_manage_runs_with_what_the_services_have(systemd_run: dict[str, str]) -> None:
    done = piped(systemd_run)
    words = done.stdout.splitlines()
    unit = (DEPLOY / "systemd" / "picsweb@.service").read_text().splitlines()
    given = [word.removeprefix("--property=") for word in words if word.startswith("--property=")]
    assert len(given) == 7 and set(given) <= set(unit)
    assert "--pipe" in words and "--pty" not in words
    assert words[-4:] == ["manage.py", "onefile_settings", "alerts_to=a b", "customer_token=@-"]
    assert done.returncode == 3


def test_manage_asks_at_a_terminal(systemd_run: dict[str, str]) -> None:
    ours, theirs = pty.openpty()
    done = subprocess.run(MANAGE, env=systemd_run, stdin=theirs, stdout=theirs, check=False)
    words = os.read(ours, 10_000).decode().split()
    for end in (ours, theirs):
        os.close(end)
    assert done.returncode == 3 and "--pty" in words and "--pipe" not in words


def test_another_environment_can_be_named(systemd_run: dict[str, str]) -> None:
    said = piped(systemd_run | {"PICSWEB_ENV": "/etc/picsweb/trial"}).stdout
    assert "--property=EnvironmentFile=/etc/picsweb/trial\n" in said
