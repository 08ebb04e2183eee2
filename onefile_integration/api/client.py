"""OneFile's REST API v2.1. One object for one thread; how it is made stands in docs/onefile.md."""

from onefile_integration.api.reads import Reads
from onefile_integration.api.writes import Writes


class OneFile(Reads, Writes):
    pass
