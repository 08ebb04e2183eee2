"""Files from outside before anybody knows what they are: read more than once, never whole in memory."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

MEGABYTE = 1 << 20


@contextmanager
def seekable(stream: BinaryIO, *, most: int) -> Iterator[BinaryIO]:
    """The stream itself, or a copy on disk of its first ``most`` bytes or somewhat more."""
    if stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        while copy.tell() < most and (block := stream.read(MEGABYTE)):
            copy.write(block)
        yield cast(BinaryIO, copy)


def size_of(stream: BinaryIO) -> int:
    return stream.seek(0, io.SEEK_END)


class CarefulZip(io.RawIOBase):
    """What ``zipfile`` is given instead of the file: it reads the list of contents at one go, however long that says
    it is.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self, size: int = -1, /) -> bytes:
        if size > MEGABYTE:
            raise zipfile.BadZipFile
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True
