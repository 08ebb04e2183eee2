"""Believable records for tests. Every model has a factory; a test counts them."""

from __future__ import annotations

from datetime import date
from string import ascii_uppercase, digits

import factory
from factory.django import DjangoModelFactory

from learners import models
from learners.services.keys import fill_keys


def ident(prefix: str, number: int) -> str:
    """In digits as far as they go, then from A00: one process with all tests makes more than there are digits for."""
    places = 5 - len(prefix)
    return prefix + (f"{number:0{places}d}" if number < 10**places else _lettered(number - 10**places, places))


def _lettered(number: int, places: int) -> str:
    letters = digits + ascii_uppercase
    number += 10 * 36 ** (places - 1)
    return "".join(letters[number // 36**place % 36] for place in reversed(range(places)))


class Keyed(DjangoModelFactory):
    """A factory of records that carry folded search and sort keys."""

    class Meta:
        abstract = True

    @classmethod
    def _setup_next_sequence(cls):
        return 100  # idents that tests name count from 1

    @classmethod
    def _build(cls, model_class, *args, **kwargs):
        record = super()._build(model_class, *args, **kwargs)
        fill_keys(record)
        return record

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        record = model_class(*args, **kwargs)
        fill_keys(record)
        record.save()
        return record


class TagFactory(DjangoModelFactory):
    class Meta:
        model = models.Tag

    name = factory.Sequence(lambda number: f"Cohort {number}")


class OfficerFactory(Keyed):
    class Meta:
        model = models.Officer

    ident = factory.Sequence(lambda number: ident("OF", number))
    forenames = "Bryn"
    surname = factory.Sequence(lambda number: f"Tallis-{number}")
    email = factory.LazyAttribute(lambda officer: f"{officer.ident.lower()}@provider.example")
    roles = ["Assessor"]


class OrganisationFactory(Keyed):
    class Meta:
        model = models.Organisation

    ident = factory.Sequence(lambda number: ident("EM", number))
    name = factory.Sequence(lambda number: f"Pitt & Sons' Joinery {number}")


class QualificationFactory(DjangoModelFactory):
    class Meta:
        model = models.Qualification

    vq_reference = factory.Sequence(lambda number: f"60{number:06d}")
    title = factory.Sequence(lambda number: f"Diploma in Bench Joinery {number}")


class LearnerFactory(Keyed):
    class Meta:
        model = models.Learner

    ident = factory.Sequence(lambda number: ident("L", number))
    forenames = "Amara"
    surname = factory.Sequence(lambda number: f"Okafor-Lane-{number}")
    email = factory.LazyAttribute(lambda learner: f"{learner.ident.lower()}@example.org")
    date_of_birth = date(2007, 7, 14)
    start = date(2026, 9, 1)
    planned_end = date(2028, 8, 31)


class BreakFactory(DjangoModelFactory):
    class Meta:
        model = models.Break

    learner = factory.SubFactory(LearnerFactory)
    from_date = date(2026, 11, 2)
    to_date = date(2026, 11, 27)


class LearnerOfficerFactory(DjangoModelFactory):
    class Meta:
        model = models.LearnerOfficer

    learner = factory.SubFactory(LearnerFactory)
    officer = factory.SubFactory(OfficerFactory)
    role = "Assessor"


class PlacementFactory(DjangoModelFactory):
    class Meta:
        model = models.Placement

    learner = factory.SubFactory(LearnerFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    start = date(2026, 9, 1)


class DeliveryPlanLineFactory(DjangoModelFactory):
    class Meta:
        model = models.DeliveryPlanLine

    learner = factory.SubFactory(LearnerFactory)
    qualification = factory.SubFactory(QualificationFactory)
    start = date(2026, 9, 1)


class UnitFactory(DjangoModelFactory):
    class Meta:
        model = models.Unit

    line = factory.SubFactory(DeliveryPlanLineFactory)
    reference = factory.Sequence(lambda number: f"U{number}")


class ReviewFactory(DjangoModelFactory):
    class Meta:
        model = models.Review

    learner = factory.SubFactory(LearnerFactory)
    scheduled_date = date(2026, 12, 3)


class FileImportFactory(DjangoModelFactory):
    class Meta:
        model = models.FileImport

    kind = "qualifications"
    file_name = factory.Sequence(lambda number: f"qualifications-{number}.csv")
    size = 30
    uploaded_by = "dana"


class FileImportChunkFactory(DjangoModelFactory):
    class Meta:
        model = models.FileImportChunk

    file_import = factory.SubFactory(FileImportFactory)
    number = 0
    data = b"VQREF,TITLE,LEVEL,AWARDINGBODY\n"


class BulkChangeFactory(DjangoModelFactory):
    class Meta:
        model = models.BulkChange

    kind = "main_officer"
    words = "Main officer: Bryn Tallis"
    made_by = "ada"
    chosen = changed = 1
    already = refused = 0


class BulkChangeRowFactory(DjangoModelFactory):
    class Meta:
        model = models.BulkChangeRow

    change = factory.SubFactory(BulkChangeFactory)
    learner = factory.SubFactory(LearnerFactory)
    step = "set"
    record = "learner"
    record_id = factory.LazyAttribute(lambda row: row.learner.pk)
    field = "main_officer"
    label = "Main officer"


class DifferentPeopleFactory(DjangoModelFactory):
    class Meta:
        model = models.DifferentPeople

    first = factory.SubFactory(LearnerFactory)
    second = factory.SubFactory(LearnerFactory)
    said_by = "ada"


class AccessRequestFactory(DjangoModelFactory):
    class Meta:
        model = models.AccessRequest

    learner = factory.SubFactory(LearnerFactory)
    answered_by = "clerk"


class ErasureFactory(DjangoModelFactory):
    class Meta:
        model = models.Erasure

    erased_by = "clerk"


class ErasedNumberFactory(DjangoModelFactory):
    class Meta:
        model = models.ErasedNumber

    erasure = factory.SubFactory(ErasureFactory)
    digest = factory.Sequence(lambda number: f"{number:064x}")


class ErasureSaltFactory(DjangoModelFactory):
    class Meta:
        model = models.ErasureSalt

    pk = 1
    secret = "00" * 32
