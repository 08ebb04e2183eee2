"""The file itself, whether it came as it is or alone in a zip archive. Never whole in memory."""

from __future__ import annotations

import io
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO, cast

from learners.files.faults import FileFault

LARGEST = 512 << 20
BLOCK = 1 << 20
_TOO_LARGE = "The file is larger than 512 MB, which no ILR file is."
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)


@contextmanager
def opened(stream: BinaryIO) -> Iterator[BinaryIO]:
    """The XML file as a stream that can be read more than once."""
    with _seekable(stream) as whole:
        if whole.seek(0, io.SEEK_END) > LARGEST:
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


@contextmanager
def _seekable(stream: BinaryIO) -> Iterator[BinaryIO]:
    if stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        _copy(stream, copy)
        yield cast(BinaryIO, copy)


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    size = 0
    while block := source.read(BLOCK):
        size += len(block)
        if size > LARGEST:
            raise FileFault(_TOO_LARGE)
        target.write(block)


def _unpack(stream: BinaryIO, target: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(_Careful(stream)) as archive, archive.open(_only_file(archive)) as source:
            _copy(source, target)
    except _BROKEN:
        raise FileFault("The zip archive cannot be read: it is damaged, or of a kind not known here.") from None


class _Careful(io.RawIOBase):
    """Never reads more at once than an honest archive of one file needs: the library reads the list of contents
    whole, however long it says it is.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self, size: int = -1, /) -> bytes:
        if size > BLOCK:
            raise zipfile.BadZipFile
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return True


def _only_file(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    files = [each for each in archive.infolist() if not each.is_dir() and not each.filename.startswith("__MACOSX/")]
    if len(files) != 1 or not files[0].filename.lower().endswith(".xml"):
        raise FileFault(f"The zip archive holds {len(files)} files. It must hold one, an XML file.")
    if files[0].flag_bits & 1:
        raise FileFault("The zip archive has a password. Send it without one.")
    if files[0].file_size > LARGEST:
        raise FileFault(_TOO_LARGE)
    return files[0]
