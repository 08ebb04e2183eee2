"""A skipped test is a hole: it must say what is missing, and where everything should be (CI=true) it is a failure."""

from __future__ import annotations

import os
import re
from typing import TypeVar

import pytest

NAMES_WHAT_IS_MISSING = re.compile(r"\bneeds \S")
# What even a complete machine does not have: a real OneFile, files that others publish, and the database not in use.
ABSENT_IN_CI = ("ONEFILE_CONTRACT_URL", "published ILR sample", "needs PostgreSQL", "needs SQLite")

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def judge(report: Report) -> Report:
    if not report.skipped or hasattr(report, "wasxfail"):
        return report
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    fault = fault_of(reason, in_ci=os.environ.get("CI") == "true")
    if fault:
        report.outcome = "failed"
        report.longrepr = f"{fault}: {reason}"
    return report


def fault_of(reason: str, *, in_ci: bool) -> str:
    if not NAMES_WHAT_IS_MISSING.search(reason):
        return 'A skip must name what is missing ("needs ...")'
    if in_ci and not any(name in reason for name in ABSENT_IN_CI):
        return "Nothing may be skipped here (CI=true)"
    return ""
