"""The file itself, whether it came as it is or alone in a zip archive. Never whole in memory."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO, cast

from learners.files.faults import FileFault
from learners.files.streams import MEGABYTE, CarefulZip, seekable, size_of

LARGEST = 512 * MEGABYTE
_TOO_LARGE = "The file is larger than 512 MB, which no ILR file is."
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)


@contextmanager
def opened(stream: BinaryIO) -> Iterator[BinaryIO]:
    """The XML file as a stream that can be read more than once."""
    with seekable(stream, most=LARGEST + 1) as whole:
        if size_of(whole) > LARGEST:
            raise FileFault(_TOO_LARGE)
        whole.seek(0)
        start = whole.read(2)
        if not start:
            raise FileFault("The file is empty.")
        if start != b"PK":
            yield whole
            return
        with tempfile.TemporaryFile() as file:
            _unpack(whole, file)
            yield cast(BinaryIO, file)


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    size = 0
    while block := source.read(MEGABYTE):
        size += len(block)
        if size > LARGEST:
            raise FileFault(_TOO_LARGE)
        target.write(block)


def _unpack(stream: BinaryIO, target: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(CarefulZip(stream)) as archive, archive.open(_only_file(archive)) as source:
            _copy(source, target)
    except _BROKEN:
        raise FileFault("The zip archive cannot be read: it is damaged, or of a kind not known here.") from None


def _only_file(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    files = [each for each in archive.infolist() if not each.is_dir() and not each.filename.startswith("__MACOSX/")]
    if len(files) != 1 or not files[0].filename.lower().endswith(".xml"):
        raise FileFault(f"The zip archive holds {len(files)} files. It must hold one, an XML file.")
    if files[0].flag_bits & 1:
        raise FileFault("The zip archive has a password. Send it without one.")
    if files[0].file_size > LARGEST:
        raise FileFault(_TOO_LARGE)
    return files[0]
