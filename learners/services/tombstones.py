"""Who was erased: known by keyed hashes, so that no file and no form brings the person back."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from learners.actor import Actor
from learners.models import ErasedNumber, Erasure, ErasureSalt, Learner

Number = tuple[str, ...]


def was_erased(*, ident: str = "", ukprn: str = "", lrn: str = "") -> Erasure | None:
    """The erasure of the learner who had that Ident, or that UKPRN and LRN."""
    by_ident = erased_idents([ident]) if ident else {}
    return by_ident.get(ident) or erased_references(ukprn, [lrn]).get(lrn)


def erased_idents(idents: Iterable[str]) -> dict[str, Erasure]:
    """Those of ``idents`` that belonged to somebody who was erased."""
    return _found({ident: _ident(ident) for ident in idents})


def erased_references(ukprn: str, lrns: Iterable[str]) -> dict[str, Erasure]:
    """Those of ``lrns`` that belonged, at that provider, to somebody who was erased."""
    return _found({lrn: _reference(ukprn, lrn) for lrn in lrns if lrn and ukprn})


def _found(wanted: dict[str, Number]) -> dict[str, Erasure]:
    """One query as long as nobody was erased, two afterwards."""
    salt = ErasureSalt.objects.filter(pk=1).first() if wanted else None
    if salt is None:
        return {}
    digests = {text: _digest(salt.secret, number) for text, number in wanted.items()}
    rows = ErasedNumber.objects.filter(digest__in=digests.values()).select_related("erasure").order_by("pk")
    erasures = {row.digest: row.erasure for row in rows}
    return {text: erasures[digest] for text, digest in digests.items() if digest in erasures}


def words(erasure: Erasure) -> str:
    return f"was erased on {date_format(timezone.localdate(erasure.erased_at))}"


def refuse_erased(*, ident: str, ukprn: str, lrn: str) -> None:
    """Raise ValidationError where a new record would bring back who was erased."""
    if ident and (erasure := was_erased(ident=ident)):
        raise ValidationError({"ident": f"The learner with this Ident {words(erasure)}. Use another Ident."})
    if erasure := was_erased(ukprn=ukprn, lrn=lrn):
        raise ValidationError({"lrn": f"The learner with this number {words(erasure)}. Use another number."})


def put_up(learner: Learner, *, by: Actor) -> Erasure:
    """For every number that the learner has or had: an old file names the old ones."""
    salt, _ = ErasureSalt.objects.get_or_create(pk=1, defaults={"secret": secrets.token_hex(32)})
    numbers: set[Number] = set()
    for version in [learner, *Learner.history.filter(id=learner.pk)]:
        numbers.add(_ident(version.ident))
        if version.ukprn and version.lrn:
            numbers.add(_reference(version.ukprn, version.lrn))
    erasure = Erasure.objects.create(erased_by=by.label)
    ErasedNumber.objects.bulk_create(
        ErasedNumber(erasure=erasure, digest=_digest(salt.secret, number)) for number in numbers
    )
    return erasure


def _ident(ident: str) -> Number:
    return ("ident", ident.upper())


def _reference(ukprn: str, lrn: str) -> Number:
    return ("reference", ukprn, lrn.upper())


def _digest(secret: str, number: Number) -> str:
    return hmac.digest(bytes.fromhex(secret), "\x00".join(number).encode(), "sha256").hex()
