"""The zip archive that a workbook is. Sizes are looked at before anything is unpacked."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, BinaryIO

from learners.files.faults import FileFault
from learners.files.streams import MEGABYTE, CarefulZip

MOST_PARTS = 2_000
LARGEST_UNPACKED = 512 * MEGABYTE
LARGEST_STRINGS = 64 * MEGABYTE
LARGEST_OTHER_PART = 2 * MEGABYTE
HIGHEST_RATIO, RATIO_COUNTS_FROM = 100, MEGABYTE
BLOCK = 1 << 16

DAMAGED = "The workbook is damaged. Open it in Excel and save it again."
NO_WORKBOOK = "This is no Excel workbook. Save the sheet as .xlsx or as CSV UTF-8."
TOO_LARGE = "The workbook unpacks to more than is taken here. Save the sheet alone, or as CSV UTF-8."
LOCKED = "The workbook has a password. Save it without one."
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
_HAS_PASSWORD = 0x1


class Archive:
    """Parts by name, each with what it may unpack to at most: a size in the directory binds the reading too."""

    def __init__(self, stream: BinaryIO) -> None:
        stream.seek(0)
        try:
            self._zip = zipfile.ZipFile(CarefulZip(stream))
        except _BROKEN:
            raise FileFault(DAMAGED) from None
        self._parts = {entry.filename: entry for entry in self._zip.infolist()}
        _check(self._zip.infolist())

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def blocks(self, name: str, *, most: int = LARGEST_OTHER_PART) -> Iterator[bytes]:
        if name not in self._parts:
            raise FileFault(NO_WORKBOOK)
        if self._parts[name].file_size > most:
            raise FileFault(TOO_LARGE)
        try:
            with self._zip.open(self._parts[name]) as part:
                yield from _read(part)
        except _BROKEN:
            raise FileFault(DAMAGED) from None


def _read(part: IO[bytes]) -> Iterator[bytes]:
    while block := part.read(BLOCK):
        yield block


def _check(entries: list[zipfile.ZipInfo]) -> None:
    unpacked, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    if any(entry.flag_bits & _HAS_PASSWORD for entry in entries):
        raise FileFault(LOCKED)
    if len(entries) > MOST_PARTS or unpacked > LARGEST_UNPACKED:
        raise FileFault(TOO_LARGE)
    if unpacked > RATIO_COUNTS_FROM and unpacked > packed * HIGHEST_RATIO:
        raise FileFault(TOO_LARGE)
