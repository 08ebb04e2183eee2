"""ILR files that are none, or want to do harm."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile

import pytest
from django.conf import settings

from learners.models import Learner
from tests.integration.learners.ilr_sample import counts, file, learner, load, zipped

pytestmark = [pytest.mark.django_db, pytest.mark.once]

BOMB = (
    """<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>"""
)
OUTSIDE = """<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>"""
ODD = file(learner(FamilyName="Sméth")).decode()
MEGABYTES = 1 << 20


def archive_with_password() -> bytes:
    """The flag that says so, in both places where an archive has it."""
    data = bytearray(zipped({"ILR.xml": file(learner())}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    return bytes(data)


def archive_that_lies() -> bytes:
    """It says that it holds less than it does."""
    data = zipped({"ILR.xml": file(learner()) + b" " * MEGABYTES})
    size = (len(file(learner())) + MEGABYTES).to_bytes(4, "little")
    return data.replace(size, (1000).to_bytes(4, "little"))


def archive_that_is_huge(size: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("ILR.xml", "")
    data, mark = bytearray(stream.getvalue()), b"PK\x01\x02"
    data[data.index(mark) + 24 : data.index(mark) + 28] = size.to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "line", "said"),
    [
        (file(learner(FamilyName="&c;"), before=BOMB), 1, "DOCTYPE"),
        (file(learner(FamilyName="&secret;"), before=OUTSIDE), 1, "DOCTYPE"),
        (file(learner(), before="\n<!-- x -->\n<!DOCTYPE Message>"), 3, "DOCTYPE"),
        (file(learner(), before='<!DOCTYPE Message SYSTEM "http://127.0.0.1:9/x.dtd">'), 1, "DOCTYPE"),
        (file(learner(FamilyName="&c;")), 5, "not well-formed"),
        (b"", 1, "empty"),
        (b"\x00" * 1000, 1, "not well-formed"),
        (b"IDENT,FIRSTNAME\n", 1, "not well-formed"),
        (ODD.encode("cp1252"), 5, "encoding"),
        (b'<?xml version="1.0" encoding="utf-16"?>' + ODD.encode(), 1, "encoding"),
        (b'<?xml version="1.0" encoding="klingon"?>' + ODD.encode(), 1, "encoding"),
        (b'<?xml version="1.0" encoding="utf-7"?>' + ODD.encode(), 1, "encoding"),
        (b"<html><body>503</body></html>", 1, "not an ILR file"),
        (file(learner(), namespace="http://example.org"), 1, "not an ILR file"),
        (file(learner())[:-30], 22, "cut off"),
        (file(), 1, "no learner"),
        (file(learner(), ukprn="1234567A"), 2, "UKPRN"),
        (file(learner()).replace(b"LearningProvider", b"Provider"), 1, "UKPRN"),
        (b"PK\x03\x04", 1, "damaged"),
        (zipped({"1.xml": file(learner()), "2.xml": file(learner())}), 1, "holds 2 files"),
        (zipped({"ilr.csv": b"IDENT"}), 1, "an XML file"),
        (archive_with_password(), 1, "password"),
        (archive_that_lies(), 1, "damaged"),
        (archive_that_is_huge(3 << 30), 1, "larger than"),
    ],
)
def test_what_is_no_ilr_file_is_refused_whole(data: bytes, line: int, said: str) -> None:
    outcome = load(data)
    assert outcome.refused
    [error] = outcome.errors
    assert said in error.message
    assert error.line == line
    assert not Learner.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + ODD.encode(),
        b'<?xml version="1.0"?><!-- a note -->\r\n<?order x?>' + ODD.replace("\n", "\r\n").encode(),
        b'<?xml version="1.0" encoding="windows-1252"?>' + ODD.encode("cp1252"),
        b'<?xml version="1.0" encoding="ISO-8859-1"?>' + ODD.encode("latin-1"),
        ('<?xml version="1.0" encoding="UTF-16"?>' + ODD).encode("utf-16"),
        ODD.encode("utf-16"),
        zipped({"ILR.XML": ODD.encode()}),
        zipped({"__MACOSX/._x.xml": b"", "folder/": b"", "folder/ILR-1.xml": ODD.encode()}),
    ],
)
def test_marks_comments_encodings_and_an_archive_are_read(data: bytes) -> None:
    assert counts(load(data)) == (1, 0, 0)
    assert Learner.objects.get().surname == "Sméth"


def test_a_stream_that_cannot_be_read_twice_is_copied() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    from learners.files.ilr.importing import import_ilr
    from tests.integration.learners.ilr_sample import BY

    assert counts(import_ilr(Pipe(ODD.encode()), by=BY)) == (1, 0, 0)


def test_a_file_of_a_year_to_come_is_loaded_with_a_warning() -> None:
    outcome = load(file(learner(), namespace="DfE/ILR/2031-32"))
    assert counts(outcome) == (1, 0, 0)
    assert any("2031-32 are not known" in note.message for note in outcome.notes)


@pytest.mark.parametrize(
    ("name", "header", "columns"),
    [
        ("ILR-10000001-2526-20251001-120000-01.xml", "", []),
        ("somebody's.xml", "", []),
        ("ILR-10000001-2425-20251001-120000-01.xml", "", ["Message"]),
        ("ILR-20000002-2526-20251001-120000-01.xml", "", ["UKPRN"]),
        ("", "<Year>2526</Year>", []),
        ("", "<Year>2425</Year>", ["Year"]),
        ("", '<Collection xmlns="ESFA/ILR/2024-25">ILR</Collection>', ["Collection"]),
    ],
)
def test_name_year_and_namespace_that_disagree_are_told(name: str, header: str, columns: list[str]) -> None:
    data = file(learner()).replace(
        b"<LearningProvider>", f"<CollectionDetails>{header}</CollectionDetails><LearningProvider>".encode()
    )
    outcome = load(data, name=name)
    assert counts(outcome) == (1, 0, 0)
    assert [note.column for note in outcome.notes if note.column != "LearnAimRef"] == columns


# In bounded memory


def test_a_hostile_file_costs_neither_memory_nor_time() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.learners.hostile"],
        capture_output=True, text=True, timeout=120, check=True, cwd=settings.BASE_DIR,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert told["loaded"] == []
    assert {name for name, message in told["said"].items() if "DOCTYPE" in message} == {"a document type"}
    assert told["grown_megabytes"] < 64
    assert told["seconds"] < 30
