"""The records of the MIS are written by learners.services and by nothing else: read from the code itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from learners import models

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("learners", "onefile_integration", "picsweb")
MODELS = {*models.__all__, "BulkChange", "BulkChangeRow", "DifferentPeople"}
WRITES = {
    "save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
    "asave", "acreate", "aupdate", "adelete", "abulk_create", "abulk_update", "aget_or_create", "aupdate_or_create",
    "raw_delete",
}  # fmt: skip
RELATED_WRITES = WRITES | {"add", "set", "remove", "clear"}
# Names under which our code holds a record or a form of one.
RECORDS = {name.lower() for name in MODELS} | {"line", "pause", "record", "stored", "form", "obj", "instance"}
RELATED = {
    "delivery_plan", "units", "reviews", "placements", "breaks", "learner_officers", "tags", "lines", "learners",
    "main_officer_of", "main_tag_of", "assessor_of", "rows",
}  # fmt: skip


def may_write(path: Path) -> bool:
    return "migrations" in path.parts or path.parent == ROOT / "learners" / "services"


def code() -> list[Path]:
    return [path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if not may_write(path)]


def chain(node: ast.expr) -> list[str]:
    """``Learner.objects.filter(...).update`` as its names, the first one first; [] where it starts otherwise."""
    names: list[str] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return []
    return [node.id, *reversed(names)]


def modules_of_services(tree: ast.Module) -> set[str]:
    """Names that stand for a service module in this file."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "learners.services"
        for alias in node.names
    }


def other_models(tree: ast.Module) -> set[str]:
    """Lower-case names of models that are another app's: its own records it may write."""
    return {
        (alias.asname or alias.name).lower()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("onefile_integration")
        for alias in node.names
    }


def writes(source: str) -> Iterator[tuple[int, str]]:
    tree = ast.parse(source)
    services, others = modules_of_services(tree), other_models(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        names = chain(node.func)
        if names and names[0] not in services and is_write(names, others):
            yield node.lineno, ".".join(names)


def is_write(names: list[str], others: set[str]) -> bool:
    root, *middle, verb = names
    if root in MODELS:
        return verb in RELATED_WRITES
    if root in others:
        return False
    if set(middle) & RELATED:
        return verb in RELATED_WRITES
    return verb in {"save", "delete", "asave", "adelete"} and (root in RECORDS or bool(set(middle) & RECORDS))


@pytest.mark.parametrize("path", code(), ids=lambda path: str(path.relative_to(ROOT)))
def test_writes_no_record_of_the_mis(path: Path) -> None:
    found = [f"{path.relative_to(ROOT)}:{line} {what}" for line, what in writes(path.read_text(encoding="utf-8"))]
    assert not found, "Only learners.services writes these records."


@pytest.mark.parametrize(
    "line",
    [
        "Learner.objects.create(ident='X')",
        "Learner.objects.filter(pk=1).update(surname='X')",
        "learner.save()",
        "self.instance.save()",
        "form.save()",
        "review.delete()",
        "learner.tags.add(tag)",
        "learner.reviews.all().delete()",
        "line.units.create(reference='U')",
        "Review.objects.bulk_create([])",
    ],
)
def test_a_planted_write_is_found(line: str) -> None:
    assert list(writes(line))


@pytest.mark.parametrize(
    "line",
    [
        "from learners.services import learners\nlearners.update(learner, by=by, surname='X')",
        "from onefile_integration.models import Link\nlink = Link.objects.create()\nlink.save()",
        "values.update(name=1)",
        "seen.add(learner)",
        "Learner.objects.filter(pk=1).first()",
    ],
)
def test_what_is_no_write_is_left_alone(line: str) -> None:
    assert not list(writes(line))
