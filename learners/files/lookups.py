"""Records named in cells, read a chunk at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models.functions import Upper

from learners.models import Learner, Officer, Organisation, Qualification
from learners.services.tombstones import was_erased, words


def _learners(idents: Iterable[str]) -> dict[str, Any]:
    return Learner.objects.in_bulk(list(idents), field_name="ident")


def _officers(idents: Iterable[str]) -> dict[str, Any]:
    return Officer.objects.in_bulk(list(idents), field_name="ident")


def _organisations(idents: Iterable[str]) -> dict[str, Any]:
    return Organisation.objects.in_bulk(list(idents), field_name="ident")


def qualifications(references: Iterable[str]) -> dict[str, Any]:
    """By VQ Reference in capitals: its case is of no meaning."""
    found = Qualification.objects.alias(upper=Upper("vq_reference")).filter(upper__in=list(references))
    return {each.vq_reference.upper(): each for each in found}


LOOKUPS: dict[str, Callable[[Iterable[str]], dict[str, Any]]] = {
    "learner": _learners,
    "officer": _officers,
    "organisation": _organisations,
    "qualification": qualifications,
}
_NOT_FOUND = {
    "learner": "No learner has this Ident.",
    "officer": "No officer has this Ident.",
    "organisation": "No organisation has this Ident.",
    "qualification": "No qualification has this VQ Reference.",
}


def not_found(table: str, named: str) -> str:
    """Why a cell names no record."""
    if table == "learner" and (erasure := was_erased(ident=named)):
        return f"The learner with this Ident {words(erasure)}."
    return _NOT_FOUND[table]
