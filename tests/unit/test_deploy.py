"""The files of deploy/ start what the Procfile names."""

from __future__ import annotations

import re

from tests.sandbox_process import ROOT

DEPLOY = ROOT / "deploy"


def processes() -> list[str]:
    return re.findall(r"^(\w+): ", (ROOT / "Procfile").read_text(), re.MULTILINE)


def test_compose_has_each_process_once() -> None:
    assert re.findall(r"PROCESS: (\w+)", (DEPLOY / "compose.yaml").read_text()) == processes()


def test_the_unit_names_each_process() -> None:
    unit = (DEPLOY / "systemd" / "picsweb@.service").read_text()
    assert re.findall(r"picsweb@(\w+)", unit.splitlines()[0]) == processes()
