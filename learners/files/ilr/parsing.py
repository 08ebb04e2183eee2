"""An ILR file as a stream of elements: one learner in memory at a time, document types refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from lxml import etree

from learners.files.faults import FileFault

NAMESPACE = re.compile(r"E?SFA/ILR/(20[0-9]{2}-[0-9]{2})\Z")
LARGEST_LEARNER = 20_000  # elements; a real one has some hundreds
_SETTINGS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
_ENCODING_CODES = {etree.ErrorTypes.ERR_INVALID_CHAR, etree.ErrorTypes.ERR_INVALID_ENCODING}


@dataclass
class IlrFile:
    """What the first reading finds: that the file is whole, whose it is, and which numbers it holds."""

    year: str = ""
    ukprn: str = ""
    first_lines: dict[str, int] = field(default_factory=dict)
    repeated: set[str] = field(default_factory=set)


def local(element: Any) -> str:
    return str(etree.QName(element).localname)


def elements(stream: BinaryIO) -> Iterator[tuple[str, Any]]:
    """(namespace's year, each whole child of the root); a child is emptied once the next is asked for."""
    stream.seek(0)
    _refuse_other_formats(stream)
    try:
        yield from _children(stream)
    except etree.XMLSyntaxError as error:
        raise FileFault(_said(error), line=error.lineno or 1) from None


def survey(stream: BinaryIO) -> IlrFile:
    """Read the whole file once before anything is changed by it."""
    found = IlrFile()
    for found.year, child in elements(stream):
        if local(child) == "LearningProvider":
            found.ukprn = text_of(child, "UKPRN")
        elif local(child) == "Learner":
            _count(found, child)
    if not re.fullmatch("[0-9]{8}", found.ukprn):
        raise FileFault("LearningProvider gives no UKPRN of eight digits.", column="UKPRN")
    if not found.first_lines:
        raise FileFault("The file holds no learner.", column="Learner")
    return found


def text_of(element: Any, name: str) -> str:
    child = child_of(element, name)
    return (child.text or "").strip() if child is not None else ""


def child_of(element: Any, name: str) -> Any:
    return next(children_of(element, name), None)


def children_of(element: Any, name: str) -> Iterator[Any]:
    return (child for child in element if local(child) == name)


def _count(found: IlrFile, learner: Any) -> None:
    ref = text_of(learner, "LearnRefNumber")
    if ref in found.first_lines:
        found.repeated.add(ref)
    found.first_lines.setdefault(ref, learner.sourceline)


def _refuse_other_formats(stream: BinaryIO) -> None:
    start = stream.read(4)
    stream.seek(0)
    if not start:
        raise FileFault("The file is empty.")
    if start.startswith(b"PK"):
        raise FileFault("This is a zip archive, which is not in this version. Take the XML file out of it.")


def _children(stream: BinaryIO) -> Iterator[tuple[str, Any]]:
    depth, year, inside = 0, "", 0
    for event, element in etree.iterparse(stream, events=("start", "end"), **_SETTINGS):
        if event == "start":
            depth += 1
            inside += 1
            if depth == 1:
                year = _check_root(element)
            if inside > LARGEST_LEARNER:
                raise FileFault("A group of the file is larger than any learner can be.", line=element.sourceline)
            continue
        depth -= 1
        if depth == 1:
            yield year, element
            inside = 0
            _forget(element)


def _forget(element: Any) -> None:
    """Free the element and what stood before it, or the tree would grow with the file."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _check_root(root: Any) -> str:
    info = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        raise FileFault("The file has a document type declaration (DOCTYPE), which no ILR file has.")
    name = etree.QName(root)
    found = NAMESPACE.match(name.namespace or "")
    if name.localname != "Message" or not found:
        raise FileFault("This is not an ILR file: its root is not Message in a namespace of the ILR.")
    return found.group(1)


def _said(error: etree.XMLSyntaxError) -> str:
    """In our words: the parser's own may quote the file."""
    if error.code in _ENCODING_CODES:
        return "The file is not in the encoding that it declares (UTF-8 where it declares none)."
    if "ntity" in (error.msg or "") or "DOCTYPE" in (error.msg or ""):
        return "The file uses entities or a document type declaration (DOCTYPE), which no ILR file has."
    return "The file is not well-formed XML, or is cut off here."
