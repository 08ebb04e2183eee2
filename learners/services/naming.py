"""Under which values the rows of others may name a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.formats import date_format

from learners.models import Learner, Officer
from learners.registry import Elsewhere
from learners.services.scrubbing import Naming
from learners.values import ULN_NOT_YET_KNOWN

NUMBERS = ("uln", "nino", "lrn")
CONTACT = ("email", "telephone", "mobile")
BESIDE = ("forenames", "surname", "address1", "address2", "address3", "address4", "postcode")
# What is shorter is a word or a number of any text.
SHORTEST_ALONE, SHORTEST_BESIDE = 5, 2


def naming_of(learners: Sequence[Learner], elsewhere: Iterable[Elsewhere]) -> Naming:
    """By all that the learners are and were. What somebody else bears too names nobody by itself."""
    keys = [learner.pk for learner in learners]
    versions = [*learners, *Learner.history.filter(id__in=keys)]
    others = Learner.objects.exclude(pk__in=keys)
    values = {name: {getattr(version, name) for version in versions} for name in (*NUMBERS, *CONTACT)}
    names = {(version.forenames, version.surname) for version in versions}
    alone = {value for name, found in values.items() for value in found - _borne(others, name, found)}
    alone |= {text for name in names if not _is_borne(others, *name) for text in _full_names(*name)}
    alone |= {number for part in elsewhere for number in part.names}
    alone |= {f"LearnRefNumber {lrn}" for lrn in alone & values["lrn"]}  # as files' faults say it, however short
    beside = {value for found in values.values() for value in found}
    beside |= {text for name in names for text in _full_names(*name)}
    beside |= {text for version in versions for text in _texts_beside(version)}
    return Naming(
        strong=frozenset(learner.ident for learner in learners) | _at_least(SHORTEST_ALONE, alone),
        weak=_at_least(SHORTEST_BESIDE, beside),
    )


def _borne(others: Any, name: str, values: set[str]) -> set[str]:
    found = set(others.filter(**{f"{name}__in": values}).values_list(name, flat=True))
    if name in CONTACT:
        found |= set(Officer.objects.filter(**{f"{name}__in": values}).values_list(name, flat=True))
    return found


def _is_borne(others: Any, forenames: str, surname: str) -> bool:
    same = {"forenames": forenames, "surname": surname}
    return others.filter(**same).exists() or Officer.objects.filter(**same).exists()


def _full_names(forenames: str, surname: str) -> list[str]:
    if not forenames or not surname:
        return []
    return [f"{forenames} {surname}", f"{surname} {forenames}", f"{surname}, {forenames}"]


def _texts_beside(version: Any) -> Iterator[str]:
    yield from (getattr(version, name) for name in BESIDE)
    if version.date_of_birth:
        yield version.date_of_birth.isoformat()
        yield date_format(version.date_of_birth)


def _at_least(length: int, values: set[str]) -> frozenset[str]:
    return frozenset(value for value in values if len(value) >= length and value != ULN_NOT_YET_KNOWN)
