from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from learners.actor import Actor
from learners.files.faults import Outcome
from learners.files.importing import import_csv
from learners.files.kinds import kind_named

BY = Actor("test")
SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "data" / "ilr"

# A row that says all a kind can say, by column.
LEARNER = {
    "IDENT": "AB12C", "FIRSTNAME": "Amara", "SURNAME": "Okafor-Lane", "EMAIL": "amara.lane@example.org",
    "PHONE": "0161 496 0001", "MOBILE": "07700 900123", "BIRTHDATE": "2007-07-14", "MIAP_ULN": "4123456781",
    "NINUMBER": "AB123456C", "SEX": "F", "ETHNICORIGIN": "31", "LLDD": "1*12*4", "ADDR1": "1 High St", "ADDR2": "",
    "ADDR3": "", "ADDR4": "", "POSTCODE": "M1 1AA", "START": "2026-09-01", "EXPECTEDEND": "2028-08-31",
    "ACTUALEND": "", "SYSTEM_STATUS": "Live", "MAIN_OFFICER": "", "MAIN_TAG": "Joinery 26",
}  # fmt: skip

Load = Callable[..., Outcome]


@pytest.fixture
def by() -> Actor:
    return BY


@pytest.fixture
def load() -> Load:
    """Import rows, given as dicts of one shape or as bytes."""

    def load(kind: str, *rows: dict[str, str] | bytes, dry_run: bool = False) -> Outcome:
        data = rows[0] if isinstance(rows[0], bytes) else as_csv(*rows)
        found = kind_named(kind)
        assert found
        return import_csv(found, io.BytesIO(data), by=BY, dry_run=dry_run)

    return load


def as_csv(*rows: dict[str, str]) -> bytes:
    import csv

    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def sample(name: str) -> Path:
    """A published ILR file, where the folder of samples stands beside the checkout."""
    path = SAMPLES / name
    if not path.exists():
        where = SAMPLES.relative_to(SAMPLES.parents[2])
        pytest.skip(f"needs the published ILR sample {name} in {where} beside it; where CI has that, it runs there")
    return path
