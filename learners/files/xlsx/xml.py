"""XML of any size as events, without a tree: document types are refused, so nothing can be expanded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol
from xml.parsers import expat

from learners.files.faults import FileFault
from learners.files.xlsx.archive import DAMAGED

DEEPEST = 50
LARGEST_TAG = 1 << 20  # bytes


class Handler(Protocol):
    """Told of elements by their local names."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, data: str) -> None: ...


def read(blocks: Iterable[bytes], handler: Handler) -> None:
    for _ in steps(blocks, handler):
        pass


def steps(blocks: Iterable[bytes], handler: Handler) -> Iterator[None]:
    """One step a block, for a handler whose findings are taken away on the way."""
    parser, fed = _parser(handler), 0
    try:
        for block in blocks:
            parser.Parse(block, False)
            fed += len(block)
            if fed - parser.CurrentByteIndex > LARGEST_TAG:
                raise FileFault(DAMAGED)
            yield
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise FileFault(DAMAGED) from None
    yield


def _parser(handler: Handler) -> Any:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise FileFault(DAMAGED)
        handler.start(name.rpartition(" ")[2], attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(name.rpartition(" ")[2])

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def _refuse(*_: Any) -> None:
    raise FileFault("The workbook holds a document type (DOCTYPE), which no workbook needs.")
