"""What a file changes, told change by change up to a limit, for the preview before anybody agrees to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

LISTED = 200


@dataclass(frozen=True)
class RecordChange:
    """``ident`` is the learner's, officer's or organisation's; ``field`` blank where a whole record is new, and
    ``new`` then says which.
    """

    ident: str
    record: str
    field: str = ""
    old: str = ""
    new: str = ""


@dataclass
class Preview:
    """The first changes in full, all of them as a count."""

    changes: list[RecordChange] = field(default_factory=list)
    count: int = 0

    def created(self, ident: str, record: str, words: str = "") -> None:
        self._add(RecordChange(ident, record, new=words))

    def changed(self, ident: str, record: str, changes: Mapping[str, tuple[Any, Any]]) -> None:
        """``changes`` as services return them: field name to old and new."""
        for name, (old, new) in changes.items():
            self._add(RecordChange(ident, record, name, _shown(old), _shown(new)))

    def as_data(self) -> list[dict[str, str]]:
        return [asdict(change) for change in self.changes]

    def _add(self, change: RecordChange) -> None:
        self.count += 1
        if len(self.changes) < LISTED:
            self.changes.append(change)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
