"""Files that want to fill the memory, each read in this one process: python -m tests.integration.learners.hostile.

Prints what was said of each, and by how much the process has grown.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
import time
import zipfile
from collections.abc import Callable
from typing import BinaryIO, cast

START = '<Message xmlns="ESFA/ILR/2025-26">\n<LearningProvider><UKPRN>10000001</UKPRN></LearningProvider>\n'
MEGABYTE = 1 << 20


class Endless(io.RawIOBase):
    """``start``, then ``part`` again and again up to ``size`` bytes, made as it is read. ``{n}`` counts the parts."""

    def __init__(self, start: str, part: str, size: int) -> None:
        self.start, self.part, self.size = start.encode(), part, size
        self.at = self.number = 0
        self.ahead = b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self.at = offset + (self.size if whence == io.SEEK_END else 0)
        self.number, self.ahead = 0, b""
        return self.at

    def read(self, size: int = -1, /) -> bytes:
        assert size >= 0
        if self.at == 0:
            self.ahead = self.start
        while len(self.ahead) < min(size, self.size - self.at):
            self.ahead += "".join(self.part.replace("{n}", str(self.number + n)) for n in range(1000)).encode()
            self.number += 1000
        block, self.ahead = self.ahead[:size], self.ahead[size:]
        self.at += len(block)
        return block if self.at < self.size else b""


def zip_bomb() -> BinaryIO:
    """60 MB that take 60 KB."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("ILR.xml", "w") as file:
        file.write(START.encode())
        for _ in range(60):
            file.write(b" " * MEGABYTE)
    return stream


def many_names() -> BinaryIO:
    """An archive whose list of contents is far larger than what it lists."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(5_000):
            archive.writestr(f"{number:0250d}.xml", b"")
    return stream


def endless(start: str, part: str, size: int = 100 * MEGABYTE) -> Callable[[], BinaryIO]:
    return lambda: cast(BinaryIO, Endless(start, part, size))


CASES: dict[str, Callable[[], BinaryIO]] = {
    "one text": endless(START + "<Learner><FamilyName>", "x" * 1000),
    "one attribute": endless(START + '<Learner x="', "x" * 1000),
    "a million attributes": endless(START + "<Learner ", 'a{n}="" '),
    "a deep nest": endless(START + "<Learner>", "<a>"),
    "many elements": endless(START + "<Learner>", "<a/>"),
    "a comment": endless(START + "<!--", "x" * 1000),
    "a comment before all": endless("<!--", "x" * 1000),
    "a name": endless(START + "<", "x" * 1000),
    "white space": endless(START, " " * 1000),
    "zero bytes": endless("", "\0" * 1000),
    "a document type": endless("<!DOCTYPE x [", '<!ENTITY e{n} "ha">'),
    "2 GB": endless(START, "<Learner/>", 2 << 30),
    "a zip bomb": zip_bomb,
    "many names": many_names,
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "picsweb.settings")
    import django

    django.setup()
    from learners.actor import Actor
    from learners.files.ilr.importing import import_ilr

    streams = {name: make() for name, make in CASES.items()}
    before, began, said, loaded = _peak(), time.monotonic(), {}, []
    for name, stream in streams.items():
        outcome = import_ilr(stream, by=Actor("test"))
        if not outcome.refused:
            loaded.append(name)
        said[name] = str(outcome.errors[0])
    told = {"said": said, "loaded": loaded, "grown_megabytes": _peak() - before, "seconds": time.monotonic() - began}
    sys.stdout.write(json.dumps(told))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
