"""A change of many learners: as its preview said, in history, and undone as far as nobody changed it since."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from learners.actor import Actor
from learners.bulk.kinds import KINDS, Caseload
from learners.bulk.plans import Plan
from learners.history import changes_of
from learners.models import BulkChange, Learner, LearnerOfficer, Placement
from learners.registry import registry
from learners.services import bulk_changes as service
from learners.services import learners, placements, reviews
from learners.services.bulk_changes import NotAsShown, Order
from learners.words import BulkChangeKind
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)
Do = Callable[..., BulkChange]


def order(kind: str, chosen: Sequence[Learner], **values: Any) -> Order:
    found = KINDS[kind]
    pks = [learner.pk for learner in chosen]
    return Order(found.kind, found.words(values), pks, lambda learners: found.plan(learners, values))


def plan_of(wanted: Order) -> Plan:
    return wanted.plan(Learner.objects.filter(pk__in=wanted.learners))


@pytest.fixture
def do(by: Actor) -> Do:
    """Preview, and do what it showed."""

    def do(wanted: Order) -> BulkChange:
        return service.carry_out(wanted, digest=plan_of(wanted).digest, by=by)

    return do


def two() -> list[Learner]:
    return [make.LearnerFactory(), make.LearnerFactory()]


def placement(employer: Any, *, start: date = date(2026, 12, 1), ends_current: bool = True) -> dict[str, Any]:
    return {"organisation": employer, "type": "P", "start": start, "ends_current": ends_current}


def values_of(kind: str) -> dict[str, Any]:
    match kind:
        case "main_officer":
            return {"main_officer": make.OfficerFactory()}
        case "placement":
            return placement(make.OrganisationFactory())
        case "system_status":
            return {"system_status": "Archived"}
    return {"tag": make.TagFactory()}


def state(chosen: Sequence[Learner]) -> list[Any]:
    pks = [learner.pk for learner in chosen]
    found = list(Learner.objects.filter(pk__in=pks).order_by("pk").values())
    tags = list(Learner.tags.through._default_manager.order_by("learner_id", "tag_id").values("learner_id", "tag_id"))
    return [found, tags, list(Placement.objects.order_by("pk").values())]


@pytest.mark.parametrize("kind", KINDS)
def test_done_as_shown_in_history_and_undone(kind: str, do: Do, by: Actor) -> None:
    chosen, values = two(), values_of(kind)
    chosen[0].tags.add(make.TagFactory(name="Kept"))
    for learner in chosen:
        make.PlacementFactory(learner=learner, start=date(2026, 9, 1))
        if kind == "remove_tag":
            learner.tags.add(values["tag"])
    before, wanted = state(chosen), order(kind, chosen, **values)

    change = do(wanted)

    assert (change.chosen, change.changed, change.already, change.refused) == (2, 2, 0, 0)
    assert plan_of(wanted).changed == [], "what was done is what the preview said"
    latest = changes_of(chosen[0])[0]
    assert latest.who == f"bulk change {change.pk} by test"
    service.undo(change, by=by)
    assert state(chosen) == before
    assert changes_of(chosen[0])[0].who == f"undo of bulk change {change.pk} by test"
    assert {row.undone for row in change.rows.all()} == {True}


@pytest.mark.parametrize("kind", KINDS)
def test_history_says_what_the_record_holds(kind: str, do: Do, by: Actor) -> None:
    """The rows written at once are those that one save after another would have left."""
    learner, values = make.LearnerFactory(), values_of(kind)
    learner.tags.add(make.TagFactory(name="Kept"), *([values["tag"]] if kind == "remove_tag" else []))
    service.undo(do(order(kind, [learner], **values)), by=by)
    learner.refresh_from_db()
    latest = learner.history.latest()
    assert (latest.main_officer_id, latest.main_tag_id, latest.system_status) == (None, None, "Live")
    assert {row.tag for row in latest.tags.all()} == set(learner.tags.all())
    touched = {change.field or change.kind for change in changes_of(learner)[:2]}
    expected = {"add_tag": {"tags"}, "remove_tag": {"tags"}, "placement": {"added", "deleted"}}
    assert touched == expected.get(kind, {kind})


def test_who_is_so_already_is_counted_and_left_alone(do: Do) -> None:
    officer = make.OfficerFactory()
    has, lacks = make.LearnerFactory(main_officer=officer), make.LearnerFactory()
    change = do(order("main_officer", [has, lacks], main_officer=officer))
    assert (change.changed, change.already) == (1, 1)
    assert has.history.count() == 1
    assert lacks.history.count() == 2


def test_what_changed_since_the_preview_is_not_done(by: Actor) -> None:
    chosen, officer = two(), make.OfficerFactory()
    wanted = order("main_officer", chosen, main_officer=officer)
    digest = plan_of(wanted).digest
    learners.update(chosen[0], main_officer=officer, by=by)
    with pytest.raises(NotAsShown):
        service.carry_out(wanted, digest=digest, by=by)
    chosen[1].refresh_from_db()
    assert chosen[1].main_officer is None
    assert not BulkChange.objects.exists()


def test_undo_leaves_what_was_changed_since(do: Do, by: Actor) -> None:
    chosen = two()
    change = do(order("system_status", chosen, system_status="Archived"))
    learners.update(chosen[0], system_status="Partial Entry", by=by)
    service.undo(change, by=by)
    assert [Learner.objects.get(pk=learner.pk).system_status for learner in chosen] == ["Partial Entry", "Live"]
    row = change.rows.get(learner=chosen[0])
    assert (row.undone, row.left_because) == (False, "It was changed since.")
    with pytest.raises(ValidationError, match="test has undone this change already"):
        service.undo(change, by=by)


def test_undo_of_placements_leaves_those_that_were_changed_or_are_gone(do: Do, by: Actor) -> None:
    chosen = [*two(), make.LearnerFactory()]
    old = make.PlacementFactory(learner=chosen[0], start=date(2026, 9, 1))
    change = do(order("placement", chosen, **placement(make.OrganisationFactory())))
    made = [Placement.objects.get(learner=learner, start=date(2026, 12, 1)) for learner in chosen]
    placements.update(made[0], end=date(2027, 1, 1), by=by)
    placements.delete(made[1], by=by)
    placements.update(old, start=date(2026, 12, 5), end=date(2026, 12, 9), by=by)
    service.undo(change, by=by)
    left = {(row.learner, row.left_because) for row in change.rows.exclude(left_because="")}
    assert left == {
        (chosen[0], "It was changed since."),  # the new placement and the old one's end
        (chosen[1], "The record is gone."),
    }
    assert not chosen[2].placements.exists()


@pytest.mark.parametrize("kind", ["main_tag", "remove_tag"])
def test_a_tag_that_was_deleted_since_does_not_come_back(kind: str, do: Do, by: Actor) -> None:
    old = make.TagFactory()
    learner = make.LearnerFactory(main_tag=old if kind == "main_tag" else None)
    learner.tags.add(*([old] if kind == "remove_tag" else []))
    change = do(order(kind, [learner], tag=make.TagFactory() if kind == "main_tag" else old))
    old.delete()
    service.undo(change, by=by)
    assert change.rows.get().left_because == "What it was before is gone."


# ---- a caseload


def caseload(officer: Any, to: Any, **values: bool) -> Order:
    choice = {"to": to, "lines": True, "reviews": True, "roles": True} | values
    found = Caseload(officer, TODAY, choice)
    pks = list(found.learners().values_list("pk", flat=True))
    return Order(BulkChangeKind.CASELOAD, found.words, pks, found.plan)


@pytest.fixture
def leaver() -> Any:
    """Main officer of one learner, and something of a second; a third is Deleted."""
    officer = make.OfficerFactory(forenames="Gwen", surname="Lane")
    first = make.LearnerFactory(surname="A", main_officer=officer)
    second = make.LearnerFactory(surname="B")
    make.DeliveryPlanLineFactory(learner=second, assessor=officer)
    make.DeliveryPlanLineFactory(learner=second, assessor=officer, actual_end=date(2026, 10, 1))
    make.ReviewFactory(learner=second, officer=officer, scheduled_date=TODAY)
    make.ReviewFactory(learner=second, officer=officer, scheduled_date=date(2026, 11, 24))
    make.LearnerOfficerFactory(learner=first, officer=officer, role="Mentor")
    make.LearnerFactory(main_officer=officer, system_status="Deleted")
    return officer


def test_a_caseload_is_handed_over_and_taken_back(leaver: Any, do: Do, by: Actor) -> None:
    to = make.OfficerFactory()
    change = do(caseload(leaver, to))
    fields = sorted((row.record, row.field) for row in change.rows.all())
    assert fields == [
        ("deliveryplanline", "assessor"),
        ("learner", "main_officer"),
        ("learnerofficer", "officer"),
        ("review", "officer"),
    ]
    assert (to.main_officer_of.count(), to.assessor_of.count(), to.reviews.count()) == (1, 1, 1)
    assert (leaver.main_officer_of.count(), leaver.assessor_of.count(), leaver.reviews.count()) == (1, 1, 1)
    assert plan_of(caseload(leaver, to)).outcomes == []
    service.undo(change, by=by)
    assert (leaver.main_officer_of.count(), leaver.assessor_of.count(), leaver.reviews.count()) == (2, 2, 2)
    assert to.learner_officers.count() == 0


def test_only_what_was_asked_for_is_handed_over(leaver: Any, do: Do) -> None:
    change = do(caseload(leaver, make.OfficerFactory(), lines=False, reviews=False, roles=False))
    assert [row.field for row in change.rows.all()] == ["main_officer"]
    assert change.chosen == 1


def all_kept(found: Sequence[Any]) -> dict[int, dict[str, str]]:
    return {review.pk: {"officer": "Kept elsewhere."} for review in found}


def test_what_cannot_be_handed_over_says_why(leaver: Any, do: Do, by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    to, first = make.OfficerFactory(forenames="Bryn", surname="Tallis"), leaver.learner_officers.get().learner
    make.LearnerOfficerFactory(learner=first, officer=to, role="Mentor")
    monkeypatch.setattr(registry, "review_locked_fields", [all_kept])
    wanted = caseload(leaver, to)
    told = [why for outcome in plan_of(wanted).refused for why in outcome.refusals]
    assert told == [
        "Bryn Tallis is Mentor of this learner already.",
        "Normal review of 25 Nov 2026: Kept elsewhere.",
    ]
    assert sorted(row.field for row in do(wanted).rows.all()) == ["assessor", "main_officer"]


def test_a_role_that_somebody_has_again_stays(leaver: Any, do: Do, by: Actor) -> None:
    change = do(caseload(leaver, make.OfficerFactory()))
    moved = LearnerOfficer.objects.get()
    make.LearnerOfficerFactory(learner=moved.learner, officer=leaver, role="Mentor")
    service.undo(change, by=by)
    assert change.rows.get(record="learnerofficer").left_because == "Gwen Lane has got that role again since."


def test_a_review_that_moved_since_the_preview_stops_the_whole_change(
    leaver: Any, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reviews are no part of a learner's row: its lock does not keep them."""
    wanted, review = caseload(leaver, make.OfficerFactory()), leaver.reviews.get(scheduled_date=TODAY)
    plan = plan_of(wanted)
    reviews.update(review, officer=make.OfficerFactory(), by=by)
    stale = Order(wanted.kind, wanted.words, wanted.learners, lambda found: plan)
    with pytest.raises(NotAsShown):
        service.carry_out(stale, digest=plan.digest, by=by)
    assert not BulkChange.objects.exists()
