"""Qualifications and employers that aims and statuses name, made where they are not there."""

from __future__ import annotations

from collections.abc import Iterable

from learners.actor import Actor
from learners.files.lookups import qualifications as qualifications_by_reference
from learners.files.preview import Preview
from learners.models import Organisation, Qualification
from learners.services import organisations, qualifications
from learners.words import OrganisationStatus


class BaseData:
    """``prepare`` reads at once what a chunk of learners will ask for, and makes what is missing."""

    def __init__(self, by: Actor, preview: Preview) -> None:
        self.by, self.preview = by, preview
        self.new_qualifications: set[str] = set()
        self.qualifications: dict[str, Qualification] = {}
        self.employers: dict[str, Organisation] = {}

    def prepare(self, references: Iterable[str], employers: Iterable[str]) -> None:
        wanted, numbers = set(references), set(employers)
        self.qualifications = qualifications_by_reference(wanted)
        for reference in sorted(wanted - self.qualifications.keys()):
            self.qualifications[reference] = qualifications.create(vq_reference=reference, by=self.by)
            self.new_qualifications.add(reference)
            self.preview.created("", "Qualification", reference)
        self.employers = _employers(numbers)
        for number in sorted(numbers - self.employers.keys()):
            made = organisations.create(edrs=number, status=OrganisationStatus.UNAPPROVED, by=self.by)
            self.employers[number] = made
            self.preview.created(made.ident, "Organisation", number)


def _employers(numbers: set[str]) -> dict[str, Organisation]:
    """By number; of several a Live one, else the oldest."""
    found = Organisation.objects.filter(edrs__in=numbers).order_by("-status", "-pk")
    return {each.edrs: each for each in found}
