"""What OneFile shows of a value right after it was sent. Some are cut, rewritten or never shown at all: such a pair is
remembered, or both sides would be found to differ every night.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from onefile_integration.rules.steps import plain

PREFIX = "shown:"


def fingerprint(values: str) -> str:
    """Of values of people: they themselves are not to stand in a key."""
    return hashlib.sha256(values.encode()).hexdigest()[:12]


def slot(record: str, name: str) -> str:
    """Under which a field's pair is remembered."""
    return PREFIX + fingerprint(f"{record} {name}")


def pair(ours: Any, theirs: Any) -> str:
    return fingerprint(json.dumps([plain(ours), plain(theirs)]))


def is_all_it_shows(agreed: Mapping[str, str], record: str, name: str, ours: Any, theirs: Any) -> bool:
    """True where just this was sent, and just that was shown: a change on either side is a difference again."""
    return agreed.get(slot(record, name)) == pair(ours, theirs)
