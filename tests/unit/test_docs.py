"""The handbook names only what is there."""

from __future__ import annotations

import re

from tests.sandbox_process import ROOT


def test_each_test_that_the_security_table_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "security.md").read_text()))
    there = {
        name for file in (ROOT / "tests").rglob("test_*.py") for name in re.findall(r"def (test_\w+)", file.read_text())
    }
    assert len(named) > 30 and named - there == set()
