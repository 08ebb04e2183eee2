"""On a terminal a command shows how far it is. Elsewhere nothing of that is written."""

from __future__ import annotations

from functools import partial
from io import StringIO
from types import ModuleType

import pytest

from learners.models import Learner
from onefile_integration.management import drawing
from onefile_integration.management.commands import onefile_enrol
from picsweb.commands import Progress
from tests.integration.onefile.conftest import command
from tests.sandbox_process import SandboxProcess


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def on_a_terminal(monkeypatch: pytest.MonkeyPatch, module: ModuleType, stream: StringIO) -> StringIO:
    monkeypatch.setattr(module, "Progress", partial(Progress, stream=stream))
    return stream


def test_a_run_is_drawn(enrolled: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_a_terminal(monkeypatch, drawing, Terminal())
    assert command("onefile_sync").status == 0
    assert terminal.getvalue().startswith("\rsynchronise [")
    assert terminal.getvalue().endswith("\r\033[K")


def test_enrolments_are_drawn(connected: SandboxProcess, learner: Learner, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_a_terminal(monkeypatch, onefile_enrol, Terminal())
    assert command("onefile_enrol", learner.ident).status == 0
    assert terminal.getvalue().startswith("\renrol [")
    assert terminal.getvalue().endswith("\r\033[K")


def test_elsewhere_nothing_is_drawn(enrolled: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = on_a_terminal(monkeypatch, drawing, StringIO())
    assert command("onefile_sync").status == 0
    assert stream.getvalue() == ""
