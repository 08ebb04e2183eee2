"""Takes the values of an erased person out of words that stand in the rows of others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.functions import Cast

from learners.models import Learner, Review
from learners.registry import registry

INSTEAD = "[erased]"
# In a record with a history a column is a fact of that record; words about people stand in these.
WORDS: dict[type[models.Model], tuple[str, ...]] = {
    Learner: ("held_reason", "history_change_reason"),
    Review: ("notes",),
}
# Accounts and the keys of the machinery: no words about learners.
APPS_WITHOUT_WORDS = {"auth", "contenttypes", "sessions"}
COLUMNS_WITHOUT_WORDS = {"object_id", "username"}


@dataclass(frozen=True)
class Naming:
    """``strong`` values name the person each by itself, ``weak`` ones only beside a strong one."""

    strong: frozenset[str]
    weak: frozenset[str]

    def within(self, value: Any) -> Any:
        """``value`` of a column without these values; itself where it names nobody."""
        texts = list(_texts(value))
        if not any(_pattern(self.strong).search(text) for text in texts):
            return value
        return _replaced(value, _pattern(self.strong | self.weak))


def scrub(naming: Naming) -> None:
    """In every table: newcomers too."""
    for model in apps.get_models(include_auto_created=True):
        columns = columns_with_words(model)
        if columns and naming.strong:
            _scrub_table(model, columns, naming)


def columns_with_words(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    label = model._meta.app_label
    if label in APPS_WITHOUT_WORDS or model in registry.tables_without_words:
        return []
    return [field for field in model._meta.concrete_fields if _has_words(model, field)]


def _has_words(model: type[models.Model], field: models.Field[Any, Any]) -> bool:
    if not isinstance(field, models.CharField | models.TextField | models.JSONField) or field.choices:
        return False
    tracked: Any = getattr(model, "instance_type", model)  # a history table has the words of what it tracks
    if hasattr(tracked, "history"):
        return field.name in WORDS.get(tracked, ())
    return field.name not in COLUMNS_WITHOUT_WORDS


def _scrub_table(model: Any, columns: list[models.Field[Any, Any]], naming: Naming) -> None:
    names = [column.name for column in columns]
    texts = {f"text_of_{name}": Cast(name, models.TextField()) for name in names}
    named = models.Q()
    forms = naming.strong | {_escaped(value) for value in naming.strong}
    for text in texts:
        for form in forms:
            named |= models.Q(**{f"{text}__icontains": form})
    for row in model._base_manager.alias(**texts).filter(named).values("pk", *names):
        changed = {name: new for name in names if (new := naming.within(row[name])) != row[name]}
        if changed:
            model._base_manager.filter(pk=row["pk"]).update(**_fitting(columns, changed))


def _fitting(columns: list[models.Field[Any, Any]], values: dict[str, Any]) -> dict[str, Any]:
    lengths = {column.name: getattr(column, "max_length", None) for column in columns}
    return {name: value[: lengths[name]] if isinstance(value, str) else value for name, value in values.items()}


def _escaped(value: str) -> str:
    """As it stands in JSON text."""
    return json.dumps(value)[1:-1]


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from _texts(each)
        case dict():
            for name, each in value.items():
                yield name
                yield from _texts(each)


def _replaced(value: Any, pattern: re.Pattern[str]) -> Any:
    match value:
        case str():
            return pattern.sub(INSTEAD, value)
        case list():
            return [_replaced(each, pattern) for each in value]
        case dict():
            return {pattern.sub(INSTEAD, name): _replaced(each, pattern) for name, each in value.items()}
    return value


def _pattern(values: Iterable[str]) -> re.Pattern[str]:
    """Whole words only; the longest first, so that a full name goes before its parts."""
    longest_first = sorted(values, key=lambda value: (-len(value), value))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_word, longest_first))})(?!\w)")


def _word(value: str) -> str:
    """Case does not matter, but an Ident of letters only may be an English word: as Idents are written."""
    return re.escape(value) if value.isalpha() and value.isupper() else f"(?i:{re.escape(value)})"
