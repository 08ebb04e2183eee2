"""The folded columns by which people search and lists are ordered, the same on every database."""

from __future__ import annotations

from django.db import models

from learners.models import Learner, Officer, Organisation
from learners.values import folded

KEY_FIELDS = ("search_key", "sort_key")
LENGTHS = (400, 250)


def fill_keys(record: models.Model) -> tuple[str, ...]:
    """Set the folded columns where the record has them; the names of those it has."""
    parts = _parts(record)
    if parts is None:
        return ()
    for name, text, length in zip(KEY_FIELDS, parts, LENGTHS, strict=True):
        setattr(record, name, folded(text)[:length])
    return KEY_FIELDS


def _parts(record: models.Model) -> tuple[str, str] | None:
    """What is searched, and what is sorted by."""
    match record:
        case Learner():
            texts = [record.ident, record.forenames, record.surname, record.lrn, *_postcode(record)]
            return " ".join([*texts, record.email]), f"{record.surname} {record.forenames}"
        case Officer():
            texts = [record.forenames, record.surname, record.ident, record.email]
            return " ".join(texts), f"{record.surname} {record.forenames}"
        case Organisation():
            texts = [record.name, record.ident, record.edrs, *_postcode(record)]
            return " ".join(texts), record.name or record.ident
    return None


def _postcode(record: Learner | Organisation) -> list[str]:
    """With and without its space: people type both."""
    return [record.postcode, record.postcode.replace(" ", "")]
