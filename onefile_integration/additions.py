"""What the integration adds to the files, lists, searches, requests of people, and health of the MIS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, Exists, OuterRef, QuerySet, Subquery, Value, When
from django.http import HttpRequest

from learners.actor import Actor
from learners.files.faults import CellFault
from learners.models import Review
from learners.registry import ExtraColumn, ListColumn, registry
from onefile_integration import personal
from onefile_integration.access import access
from onefile_integration.exchange import links
from onefile_integration.exchange.basedata import the_only_centre
from onefile_integration.files import LinksFile
from onefile_integration.health import health_part
from onefile_integration.models import (
    AlertMail,
    Centre,
    Incident,
    LastCall,
    Licence,
    Link,
    RemoteReview,
    Settings,
    Sign,
    Standard,
    Token,
)
from onefile_integration.rules.fields import REVIEW_FIELDS


def register() -> None:
    """Once, when the applications are ready."""
    registry.file_kinds["links"] = LinksFile()
    registry.file_columns["officers"] = [_partner_column("OTHER_SYSTEM_ID")]
    registry.file_columns["organisations"] = [_partner_column("ADDITIONAL_ID")]
    registry.file_columns["reviews"] = [
        ExtraColumn("ONEFILE_SYSTEM_ID", read_review_ids, check_review_id, write_review_id)
    ]
    registry.review_by_other_id = review_by_onefile_id
    registry.review_locked_fields.append(locked_fields)
    registry.learner_search.append(learners_by_onefile_id)
    registry.learner_export.append(personal.export_part)
    registry.learner_erase.append(personal.erasure_part)
    registry.tables_without_words |= {Centre, Standard, LastCall, Token, Settings, Settings.history.model}
    registry.tables_without_words |= {Incident, AlertMail, Sign}
    registry.health.append(health_part)
    for kind, record, label in (
        ("learners", "learner", "OneFile ID"),
        ("officers", "officer", "Other System ID"),
        ("organisations", "organisation", "Additional ID"),
    ):
        registry.list_columns.setdefault(kind, []).append(_link_column(record, label))
    registry.list_columns.setdefault("users", []).append(
        ListColumn("has_onefile_licence", "OneFile licence", _has_licence)
    )
    registry.list_columns.setdefault("reviews", []).append(
        ListColumn("onefile_system_id", "OneFile System ID", _review_id_expression, seen_by=_sees_links)
    )


def environment() -> str:
    return Settings.objects.current().environment


# ---- files


def _partner_column(name: str) -> ExtraColumn:
    return ExtraColumn(name, read_partner_ids, check_partner_id, write_partner_id)


def read_partner_ids(records: Sequence[Any]) -> dict[int, str]:
    """Blank where several centres are known: then one number would say too little."""
    where = environment()
    centre = the_only_centre(where)
    if centre is None or not records:
        return {}
    of = records[0]._meta.model_name
    live = Link.objects.within(where).filter(centre=centre, onefile_id__isnull=False, **{f"{of}__in": records})
    return {pk: str(onefile_id) for pk, onefile_id in live.values_list(f"{of}_id", "onefile_id")}


def check_partner_id(record: Any, text: str) -> None:
    if not text:
        return
    number = links.parse_id(text)
    where = environment()
    if the_only_centre(where) is None:
        raise ValueError("Not exactly one OneFile centre is known: import the kind `links`, which names the centre.")
    if record is not None:
        links.may_link(record, number, where, the_only_centre(where))


def write_partner_id(record: Any, text: str, by: Actor) -> bool:
    where = environment()
    centre = the_only_centre(where)
    if not text:
        link = links.live_link(record, where, centre)
        if link:
            links.remove(link, by=by)
        return link is not None
    try:
        links.link_partner(record, links.parse_id(text), environment=where, centre=centre, by=by)
    except links.BadLink as why:
        raise CellFault(str(why)) from None
    return True


def review_by_onefile_id(text: str) -> Review | None:
    number = links.parse_id(text)
    rows = RemoteReview.objects.filter(link__in=Link.objects.within(environment()), onefile_id=number)
    row = rows.select_related("review__learner", "review__officer").first()
    return row.review if row else None


def read_review_ids(reviews: Sequence[Any]) -> dict[int, str]:
    rows = _remote_reviews().filter(review__in=reviews).order_by("-pk")
    return {pk: str(onefile_id) for pk, onefile_id in rows.values_list("review_id", "onefile_id")}


def check_review_id(review: Any, text: str) -> None:
    if text:
        links.parse_id(text)


def write_review_id(review: Any, text: str, by: Actor) -> bool:
    if not text:
        raise CellFault("The OneFile System ID cannot be cleared.", "ONEFILE_SYSTEM_ID")
    link = Link.objects.within(environment()).filter(learner=review.learner_id, onefile_id__isnull=False).first()
    if link is None:
        raise CellFault("The learner is not linked with OneFile.", "ONEFILE_SYSTEM_ID")
    RemoteReview.objects.update_or_create(link=link, review=review, defaults={"onefile_id": links.parse_id(text)})
    return True


def _remote_reviews() -> QuerySet[RemoteReview]:
    return RemoteReview.objects.filter(link__in=Link.objects.within(environment()), onefile_id__isnull=False)


def _exchanged(reviews: Sequence[Review]) -> QuerySet[RemoteReview]:
    return _remote_reviews().filter(review__in=reviews)


# ---- pages


def locked_fields(reviews: Sequence[Review]) -> dict[int, dict[str, str]]:
    """Fields of an exchanged review are OneFile's while Download Reviews is on."""
    if not reviews or not Settings.objects.current().download_reviews:
        return {}
    why = "It comes from OneFile while Download Reviews is on."
    return {pk: dict.fromkeys(REVIEW_FIELDS, why) for pk in _exchanged(reviews).values_list("review_id", flat=True)}


def learners_by_onefile_id(text: str) -> list[int]:
    digits = text.strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
        return []
    found = Link.objects.within(environment()).filter(onefile_id=int(digits), learner__isnull=False)
    return [pk for pk in found.values_list("learner_id", flat=True) if pk is not None]


def _link_column(record: str, label: str) -> ListColumn:
    def expression() -> Subquery:
        live = Link.objects.within(environment()).filter(**{record: OuterRef("pk")})
        return Subquery(live.order_by("centre").values("onefile_id")[:1])

    return ListColumn("onefile_id", label, expression, seen_by=_sees_links)


def _sees_links(request: HttpRequest) -> bool:
    return access(request).sees_links


def _has_licence() -> Case:
    held = Exists(Licence.objects.filter(user=OuterRef("pk")))
    return Case(When(held, then=Value("Yes")), default=Value("No"))


def _review_id_expression() -> Subquery:
    live = RemoteReview.objects.filter(review=OuterRef("pk"), link__in=Link.objects.within(environment()))
    return Subquery(live.values("onefile_id")[:1])
