"""Who was erased: known by keyed hashes, so that no file and no form brings the person back."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from learners.actor import Actor
from learners.models import Erasure, ErasureSalt, Learner


def was_erased(*, ident: str = "", ukprn: str = "", lrn: str = "") -> Erasure | None:
    """The erasure of the learner who had that Ident, or that UKPRN and LRN."""
    by_ident = erased_idents([ident]) if ident else {}
    return by_ident.get(ident) or erased_references(ukprn, [lrn]).get(lrn)


def erased_idents(idents: Iterable[str]) -> dict[str, Erasure]:
    """Those of ``idents`` that belonged to somebody who was erased."""
    salt = _salt()
    if salt is None:
        return {}
    hashes = {ident: _ident_hash(salt, ident) for ident in idents}
    found = {each.ident_hash: each for each in Erasure.objects.filter(ident_hash__in=hashes.values())}
    return {ident: found[digest] for ident, digest in hashes.items() if digest in found}


def erased_references(ukprn: str, lrns: Iterable[str]) -> dict[str, Erasure]:
    """Those of ``lrns`` that belonged, at that provider, to somebody who was erased."""
    salt = _salt() if ukprn else None
    if salt is None:
        return {}
    hashes = {lrn: _reference_hash(salt, ukprn, lrn) for lrn in lrns if lrn}
    found = {each.reference_hash: each for each in Erasure.objects.filter(reference_hash__in=hashes.values())}
    return {lrn: found[digest] for lrn, digest in hashes.items() if digest in found}


def words(erasure: Erasure) -> str:
    return f"was erased on {date_format(timezone.localdate(erasure.erased_at))}"


def refuse_erased(*, ident: str, ukprn: str, lrn: str) -> None:
    """Raise ValidationError where a new record would bring back who was erased."""
    if ident and (erasure := was_erased(ident=ident)):
        raise ValidationError({"ident": f"The learner with this Ident {words(erasure)}. Use another Ident."})
    if erasure := was_erased(ukprn=ukprn, lrn=lrn):
        raise ValidationError({"lrn": f"The learner with this number {words(erasure)}. Use another number."})


def put_up(learner: Learner, *, by: Actor) -> Erasure:
    salt, _ = ErasureSalt.objects.get_or_create(pk=1, defaults={"secret": secrets.token_hex(32)})
    has_reference = bool(learner.ukprn and learner.lrn)
    return Erasure.objects.create(
        ident_hash=_ident_hash(salt.secret, learner.ident),
        reference_hash=_reference_hash(salt.secret, learner.ukprn, learner.lrn) if has_reference else "",
        erased_by=by.label,
    )


def _salt() -> str | None:
    """None as long as nobody was erased."""
    row = ErasureSalt.objects.filter(pk=1).first()
    return row.secret if row else None


def _ident_hash(salt: str, ident: str) -> str:
    return _hash(salt, "ident", ident.upper())


def _reference_hash(salt: str, ukprn: str, lrn: str) -> str:
    return _hash(salt, "reference", ukprn, lrn.upper())


def _hash(salt: str, *parts: str) -> str:
    return hmac.digest(bytes.fromhex(salt), "\x00".join(parts).encode(), "sha256").hex()
