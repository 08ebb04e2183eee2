import io

import pytest

from learners.files.faults import FileFault
from learners.files.reading import LONGEST_LINE, rows
from learners.files.streams import seekable


def read(data: bytes) -> list[tuple[int, list[str]]]:
    return list(rows(io.BytesIO(data)))


def test_rows_have_the_number_of_their_first_line() -> None:
    assert read(b'A,B\r\n1,"two\nlines"\r\n\r\n,\r\n2,x') == [
        (1, ["A", "B"]),
        (2, ["1", "two\nlines"]),
        (6, ["2", "x"]),
    ]


def test_a_byte_order_mark_is_no_part_of_the_heading() -> None:
    assert read(b"\xef\xbb\xbfA\n") == [(1, ["A"])]


@pytest.mark.parametrize(
    ("data", "line", "said"),
    [
        ("A\nAndré\n".encode("cp1252"), 2, "not UTF-8"),
        ("A\n1\n".encode("utf-16"), 1, "UTF-16"),
        (b"\xd0\xcf\x11\xe0", 1, "password"),
        (b'A\n"no end\n1\n', 2, "not CSV"),
        (b"A\n" + b"x" * (LONGEST_LINE + 1), 2, "longer than"),
    ],
)
def test_what_is_not_csv_in_utf8_is_refused_by_line(data: bytes, line: int, said: str) -> None:
    with pytest.raises(FileFault, match=said) as caught:
        read(data)
    assert caught.value.line == line


class Endless(io.RawIOBase):
    """A file without line ends or an end."""

    def __init__(self) -> None:
        self.given = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0

    def readline(self, size: int | None = -1) -> bytes:
        assert size is not None and size > 0
        self.given += size
        return b"x" * size


def test_garbage_is_refused_after_one_line_s_worth() -> None:
    stream = Endless()
    with pytest.raises(FileFault, match="longer than"):
        list(rows(stream))  # type: ignore[arg-type]
    assert stream.given <= LONGEST_LINE + 1


def test_what_cannot_be_read_twice_is_copied() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    with seekable(Pipe(b"A\n1\n"), most=100) as copy:
        assert list(rows(copy)) == list(rows(copy)) == [(1, ["A"]), (2, ["1"])]
