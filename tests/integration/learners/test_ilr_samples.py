"""Each published sample file, imported once, against its row in tests/cases/ilr_samples.json.

Of a row, ``learners`` to ``two_programmes`` are the figures that the samples came with: what the file holds. ``ulns``
are distinct real ones, learners whose ULN is not yet known, learners whose ULN is wrong. What follows ``how`` is what
we make of it, which ``how`` works out by hand. ``refused`` and ``noted`` are line and field of each fault.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from learners.files.ilr.importing import import_ilr
from learners.files.ilr.outcome import IlrOutcome
from learners.files.ilr.parsing import Element, elements
from learners.models import Break, DeliveryPlanLine, Learner, Organisation, Placement
from learners.values import ULN_NOT_YET_KNOWN, uln_is_valid
from tests.integration.learners.conftest import sample
from tests.integration.learners.ilr_sample import BY

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ROWS = json.loads((Path(__file__).parents[2] / "cases" / "ilr_samples.json").read_text())
PERSONAL = {
    "FamilyName", "GivenNames", "DateOfBirth", "ULN", "NINumber", "Email", "TelNo", "TelNumber", "Postcode", "PostCode",
    "AddLine1", "AddLine2", "AddLine3", "AddLine4",
}  # fmt: skip
AGAIN_UP_TO = 200  # learners; the rest is for the bench


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_each_sample_loads_as_its_row_says(row: dict[str, Any]) -> None:
    path = sample(row["file"])
    held = Held(path)
    assert held.figures() == {name: row[name] for name in held.figures()}
    with path.open("rb") as stream:
        outcome = import_ilr(stream, by=BY, name=path.name)
        assert made(outcome) == {name: row[name] for name in made(outcome)}
        assert told(outcome) == {"refused": row["refused"], "noted": row["noted"]}
        assert notes(outcome) == row["notes"]
        check_lines(outcome, path.read_text("utf-8-sig").split("\n"))
        check_nothing_personal(outcome, held.personal)
        if row["learners"] < AGAIN_UP_TO:
            check_again(import_ilr(stream, by=BY, name=path.name), outcome)


class Held:
    """What a file holds, read without a thought of what it means."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as stream:
            self.learners = [each for each in elements(stream) if each.name == "Learner"]
        self.parts = [part for learner in self.learners for part in below(learner)]
        self.personal = {part.text.strip() for part in self.parts if part.name in PERSONAL} - {""}

    def figures(self) -> dict[str, Any]:
        aims = [Counter(aim.said("AimType") for aim in each.all("LearningDelivery")) for each in self.learners]
        ulns = [uln for each in self.learners if (uln := each.said("ULN"))]
        real = [uln for uln in ulns if uln != ULN_NOT_YET_KNOWN]
        return {
            "learners": len(self.learners),
            "deliveries": sum(map(Counter.total, aims)),
            "aims": sum(aims, Counter()),
            "employers": len({part.text for part in self.parts if part.name == "EmpId"}),
            "ulns": [len(set(real)), len(ulns) - len(real), sum(not uln_is_valid(uln) for uln in real)],
            "emails": sum(any(part.name == "Email" for part in below(each)) for each in self.learners),
            "two_programmes": sum(each["1"] > 1 for each in aims),
        }


def below(element: Element) -> list[Element]:
    return [each for child in element.children for each in (child, *below(child))]


def made(outcome: IlrOutcome) -> dict[str, Any]:
    assert outcome.created == Learner.objects.count()
    breaks = Break.objects.order_by("from_date").values_list("from_date", "to_date")
    return {
        "records": outcome.created,
        "lines": DeliveryPlanLine.objects.count(),
        "breaks": [[str(first), str(last) if last else None] for first, last in breaks],
        "placements": Counter(Placement.objects.values_list("type", flat=True)),
        "organisations": Organisation.objects.filter(status="Unapproved", name="").count(),
        "kept": {
            "ulns": Learner.objects.exclude(uln="").values("uln").distinct().count(),
            "emails": Learner.objects.exclude(email="").values("lrn").distinct().count(),
        },
    }


def told(outcome: IlrOutcome) -> dict[str, Any]:
    assert outcome.error_count == len(outcome.errors)
    refused = [error for error in outcome.errors if "not loaded" in error.message]
    noted = [error for error in outcome.errors if error not in refused]
    return {
        "refused": [[error.line, error.column] for error in refused],
        "noted": [[error.line, error.column] for error in noted],
    }


def notes(outcome: IlrOutcome) -> dict[str, int]:
    kinds = {
        "has the ULN of": "shared ULN",
        "the same aim": "aim twice",
        "no ILR takes": "form",
        "namespace": "year or name",
        "in the file's name": "year or name",
        "are new here": "new qualifications",
    }
    return Counter(
        next((kind for words, kind in kinds.items() if words in note.message), note.message) for note in outcome.notes
    )


def check_lines(outcome: IlrOutcome, lines: list[str]) -> None:
    """The field stands on the line that is told, or its group does where the field is missing."""
    groups = ("<Learner>", "<LearningDelivery", "<LearnerEmploymentStatus>", "<LLDDandHealthProblem>")
    for note in [*outcome.errors, *outcome.notes]:
        if note.line:
            assert lines[note.line - 1].strip().startswith((f"<{note.column}", *groups)), note


def check_nothing_personal(outcome: IlrOutcome, personal: set[str]) -> None:
    """The number of a learner is no secret, and may happen to look like a name."""
    text = "\n".join(
        {re.sub("^LearnRefNumber [^:]*: ", "", str(note.message)) for note in [*outcome.errors, *outcome.notes]}
    )
    assert not [value for value in personal if len(value) > 3 and value in text]


def check_again(second: IlrOutcome, first: IlrOutcome) -> None:
    assert (second.created, second.updated, second.unchanged) == (0, 0, first.created)
    assert (second.preview.count, second.errors) == (0, first.errors)
    for model in (Learner, DeliveryPlanLine, Placement, Break, Organisation):
        assert set(model.history.values_list("history_type", flat=True)) <= {"+"}
