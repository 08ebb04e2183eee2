"""What another app may add to the MIS, in its ``AppConfig.ready()``: the MIS itself knows of none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from learners.actor import Actor
from learners.models import Learner, Review


@dataclass(frozen=True)
class Panel:
    """A part of a page: ``context`` gives the values for ``template``, or None where it does not appear."""

    template: str
    context: Callable[[HttpRequest, Any], dict[str, Any] | None]


@dataclass(frozen=True)
class ExtraColumn:
    """A column of a file kind that another app keeps. ``check`` raises ValueError in words for people.

    ``read_all`` gives the texts by the records' primary keys, blank ones may be missing.
    """

    name: str
    read_all: Callable[[Sequence[Any]], Mapping[int, str]]
    check: Callable[[Model | None, str], None]
    write: Callable[[Model, str, Actor], bool]  # True where something changed

    def read(self, record: Model) -> str:
        return self.read_all([record]).get(record.pk, "")


@dataclass(frozen=True)
class MenuItem:
    label: Callable[[HttpRequest], str]
    url_name: str
    shown: Callable[[HttpRequest], bool]
    configuration: bool = False  # stands below "Configuration" instead of the main menu


@dataclass(frozen=True)
class ListColumn:
    """A column of a list on a page: ``expression`` is annotated, so that it sorts and costs no query per row.
    ``seen_by``: whether who asks may see it, on the page and in its file.
    """

    name: str
    label: str
    expression: Callable[[], Any]
    seen_by: Callable[[HttpRequest], bool] = lambda request: True


@dataclass(frozen=True)
class Elsewhere:
    """What another app knows of a learner who is to be erased, in words for people."""

    refusal: str = ""  # why it cannot be now
    names: tuple[str, ...] = ()  # numbers under which the rows of others may name the learner
    remains: tuple[str, ...] = ()  # what stays outside this system


@dataclass
class Registry:
    """Lists that grow at start and are read by the MIS's pages and files."""

    delivery_plan_panels: list[Panel] = field(default_factory=list)
    officer_panels: list[Panel] = field(default_factory=list)
    organisation_panels: list[Panel] = field(default_factory=list)
    file_columns: dict[str, list[ExtraColumn]] = field(default_factory=dict)
    file_kinds: dict[str, Any] = field(default_factory=dict)  # by name: a learners.files.kind.Kind
    # A review that another app knows by an id of its own is found by it.
    review_by_other_id: Callable[[str], Any] | None = None
    # Of these reviews, by pk: each field that is read-only here, with the reason.
    review_locked_fields: list[Callable[[Sequence[Review]], dict[int, dict[str, str]]]] = field(default_factory=list)
    learner_search: list[Callable[[str], list[int]]] = field(default_factory=list)
    # Keys that join the export; ``reviews`` and ``delivery`` join ours row by row, in the order of pk.
    learner_export: list[Callable[[Learner], dict[str, Any]]] = field(default_factory=list)
    # What another app says before a learner is erased; its rows go with the record. Called within the transaction.
    learner_erase: list[Callable[[Learner], Elsewhere]] = field(default_factory=list)
    # What another app knows of a record's past: ``learners.history.Change`` rows, newest first or not.
    changes: list[Callable[[Model], list[Any]]] = field(default_factory=list)
    # Other apps' tables of base data and settings: words about people are not looked for there.
    tables_without_words: set[type[Model]] = field(default_factory=set)
    menu: list[MenuItem] = field(default_factory=list)
    # What stands above every page until it is put right; blank where there is nothing to say.
    banners: list[Callable[[HttpRequest], str]] = field(default_factory=list)
    # What can be done with learners chosen in the list: a GET with ``learner=IDENT`` for each, or with ``all`` and the
    # list's own filter. learners/bulk/selection.py reads both.
    learner_actions: list[MenuItem] = field(default_factory=list)
    # Keys: learners, reviews, officers, organisations.
    list_columns: dict[str, list[ListColumn]] = field(default_factory=dict)
    # Parts of /health without personal data; one that says ``"ok": False`` makes the whole answer 503.
    health: list[Callable[[], dict[str, Any]]] = field(default_factory=list)


registry = Registry()
