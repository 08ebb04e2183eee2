"""A window as a person reads it: groups by their legends, in them facts, choices, lines; nothing of what is hidden."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

MASKED = "••••••Hidden."
VOID = {"input", "br", "hr", "img", "link", "meta", "wbr"}


@dataclass
class Group:
    """``facts``: label and value; ``choices``: label and what is chosen; ``lines``: list items and paragraphs."""

    facts: dict[str, str] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)


class Reader(HTMLParser):
    """Groups of the page by legend; one under a heading of its own is ``<legend>: <first word of the heading>``."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: dict[str, Group] = {}
        self._name = ""
        self._label = self._choice = ""
        self._open: list[tuple[str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "option" and "selected" not in dict(attrs):
            tag = "option not chosen"
        if tag not in VOID:
            self._open.append((tag, []))

    def handle_data(self, data: str) -> None:
        for _, words in self._open:
            words.append(data)

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            kind, words = self._open.pop()
            if kind.split(" ")[0] == tag:
                return self._read(kind, " ".join("".join(words).split()))
        return None

    def _read(self, kind: str, words: str) -> None:
        match kind:
            case "legend":
                self._name = words
            case "h3" if self._name:
                self._name = f"{self._name.split(':')[0]}: {words.split(' ')[0]}"
            case "fieldset":
                self._name = ""
            case "dt" | "label":
                self._label = words
        if not self._name:
            return
        group = self.groups.setdefault(self._name, Group())
        match kind:
            case "dd":
                group.facts[self._label] = words
            case "option":
                group.choices[self._label] = words
            case "li" | "p":
                group.lines.append(words)


def read(text: str) -> dict[str, Group]:
    reader = Reader()
    reader.feed(text)
    return reader.groups
