"""An ILR file as a stream of elements, one learner in memory at a time.

Expat, because it stops at a document type before anything in it counts, and knows the line of every element.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from xml.parsers import expat

from learners.files.faults import FileFault
from learners.values import cleaned

BLOCK = 1 << 16
# The largest group of a file, a learner with all aims, has some thousand bytes. What goes on for longer than this
# without coming to an end is none, and would only fill the memory.
LARGEST_GROUP = 1 << 18
NAMESPACE = re.compile(r"[A-Za-z]+/ILR/(20[0-9]{2}-[0-9]{2})\Z")
NOT_THE_ENCODING = "The file is not in the encoding that it declares (UTF-8 where it declares none)."
_ENCODING_ERRORS = {18, 19}  # expat: unknown encoding, encoding that is not the declared one
_INVALID_TOKEN = 4


@dataclass(slots=True)
class Element:
    """``name`` is the local one: namespaces change every year and are mixed in real files."""

    name: str
    namespace: str
    line: int
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def child(self, name: str) -> Element | None:
        return next(self.all(name), None)

    def all(self, name: str) -> Iterator[Element]:
        return (child for child in self.children if child.name == name)

    def said(self, name: str) -> str:
        """The text of the child of that name; blank where there is none."""
        child = self.child(name)
        return cleaned(child.text) if child else ""


def year_of(namespace: str) -> str:
    """As 2025-26; blank where it is no namespace of the ILR."""
    found = NAMESPACE.match(namespace)
    return found.group(1) if found else ""


def elements(stream: BinaryIO) -> Iterator[Element]:
    """The root, without its children; then each child once it is whole."""
    stream.seek(0)
    tree = _Tree()
    fed = ended = 0
    while block := stream.read(BLOCK):
        fed += len(block)
        tree.feed(block, stream)
        if tree.whole:
            ended = fed
            yield from tree.taken()
        elif fed - ended > LARGEST_GROUP:
            raise FileFault("A group of the file is larger than any learner can be.", line=tree.last_line)
    tree.feed(b"", stream)
    yield from tree.taken()


class _Tree:
    """What expat calls: builds the children of the root, and hands each over when it has ended."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._document_type
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.open: list[Element] = []
        self.whole: list[Element] = []
        self.last_line = 1

    def feed(self, block: bytes, stream: BinaryIO) -> None:
        """An empty block says that the file has ended."""
        try:
            self.parser.Parse(block, not block)
        except expat.ExpatError as error:
            raise FileFault(self._said(error.code, stream), line=error.lineno) from None
        except (LookupError, ValueError):  # Python has no such encoding, or none of single bytes
            raise FileFault(NOT_THE_ENCODING) from None

    def taken(self) -> list[Element]:
        taken, self.whole = self.whole, []
        return taken

    def _document_type(self, *declared: Any) -> None:
        message = "The file has a document type declaration (DOCTYPE), which no ILR file has."
        raise FileFault(message, line=self.parser.CurrentLineNumber)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        self.last_line = self.parser.CurrentLineNumber
        element = Element(local, namespace, self.last_line)
        if not self.open:
            self._check_root(element)
            self.whole.append(element)
        elif len(self.open) > 1:
            self.open[-1].children.append(element)
        self.open.append(element)

    def _end(self, name: str) -> None:
        element = self.open.pop()
        if len(self.open) == 1:
            self.whole.append(element)

    def _text(self, text: str) -> None:
        if len(self.open) > 1:
            self.open[-1].text += text

    def _check_root(self, root: Element) -> None:
        if root.name != "Message" or not year_of(root.namespace):
            raise FileFault(
                "This is not an ILR file: its root is not Message in a namespace of the ILR.", line=root.line
            )

    def _said(self, code: int, stream: BinaryIO) -> str:
        """In our words: the parser's own may quote the file."""
        if code in _ENCODING_ERRORS or (code == _INVALID_TOKEN and self._is_no_ascii(stream)):
            return NOT_THE_ENCODING
        return "The file is not well-formed XML, or is cut off here."

    def _is_no_ascii(self, stream: BinaryIO) -> bool:
        """Where the parser stumbled. Any character that UTF-8 can write is well-formed somewhere; a byte is not."""
        stream.seek(self.parser.ErrorByteIndex)
        return stream.read(1) >= b"\x80"
