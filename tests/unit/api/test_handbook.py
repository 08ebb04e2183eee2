import re

from onefile_integration.api.looks import Looks
from onefile_integration.api.reads import Reads
from onefile_integration.api.writes import Writes
from tests.sandbox_process import ROOT


def test_the_handbook_says_how_sure_each_call_is() -> None:
    """A new method of the client has a row under *The calls we make*, with its confidence."""
    section = (ROOT / "docs" / "onefile.md").read_text().partition("## The calls we make")[2].partition("\n## ")[0]
    told = {name for row in section.splitlines() for name in re.findall(r"`([a-z_]{3,})`", row.rpartition(" | ")[2])}
    ours = {name for part in (Reads, Writes, Looks) for name in vars(part) if not name.startswith("_")}
    assert told - {"onefile_check"} == ours
