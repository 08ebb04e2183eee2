"""The Delivery Plan: its panel, its tabs, and the forms of all that hangs on a learner."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from django.template import engines
from django.test import Client

from learners.actor import Actor
from learners.models import Learner
from learners.parts import PARTS
from learners.registry import Panel, registry
from learners.services import learners as service
from learners.services import reviews
from learners.tabs import TABS
from tests import factories
from tests.integration.pages.plans import fill

PLAN = "/learners/AB12C/delivery-plan/"
pytestmark = [pytest.mark.usefixtures("mis_alone"), pytest.mark.once]


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"start": date(2099, 1, 1)}, "Not Started"),
        ({"total_elements": 20, "elements_done": 0}, "Not Started"),
        ({"total_elements": 20, "elements_done": 5}, "In Progress"),
        ({"planned_end": date(2020, 1, 1)}, "Overdue"),
        ({"planned_end": date(2020, 1, 1), "actual_end": date(2020, 1, 1)}, "Complete"),
    ],
)
def test_progress_is_in_words(values: dict[str, Any], state: str, viewer: Client, learner: Learner) -> None:
    factories.DeliveryPlanLineFactory(learner=learner, **({"start": date(2019, 9, 1)} | values))
    fact = next(fact for fact in viewer.get(PLAN).context["facts"] if fact.label == "Overall qualification progress")
    assert [badge.text for badge in fact.badges] == [state]


def test_a_line_with_units_is_measured_by_them(viewer: Client, learner: Learner) -> None:
    line = factories.DeliveryPlanLineFactory(learner=learner, total_elements=50, elements_done=1)
    factories.UnitFactory(line=line, actual_end=date(2026, 10, 1))
    factories.UnitFactory(line=line)
    assert "1 of 2 (50%)" in viewer.get(f"{PLAN}qualifications/").text


def entries(kind: str, learner: Learner) -> dict[str, Any]:
    officer, organisation = factories.OfficerFactory(), factories.OrganisationFactory()
    match kind:
        case "lines":
            return {"qualification": factories.QualificationFactory().pk, "start": "2026-09-07", "total_elements": 9}
        case "units":
            line = factories.DeliveryPlanLineFactory(learner=learner)
            return {"line": line.pk, "reference": "U1"}
        case "reviews":
            values = {"type": "Normal", "scheduled_date": "2026-12-03", "start_time": "10:30", "officer": officer.pk}
            return values | {"attended": "Unknown"}
        case "placements":
            return {"organisation": organisation.ident, "type": "P", "start": "2026-09-07"}
        case "officers":
            return {"officer": officer.pk, "role": "Mentor"}
    return {"from_date": "2026-11-02"}


@pytest.mark.parametrize("kind", PARTS)
def test_each_part_is_added_and_deleted_with_a_question(kind: str, staff: Client, learner: Learner) -> None:
    part = PARTS[kind]
    answer = staff.post(f"{PLAN}{kind}/new/", entries(kind, learner))
    assert answer.status_code == 302, answer.context["form"].errors
    assert answer.url == f"{PLAN}{part.tab}/"
    record = part.records(learner).get()
    delete = f"{PLAN}{kind}/{record.pk}/delete/"
    assert "Yes, delete" in staff.get(delete).text
    assert part.records(learner).count() == 1
    staff.post(delete)
    assert part.records(learner).count() == 0


@pytest.mark.parametrize("kind", [kind for kind, part in PARTS.items() if part.update])
def test_each_part_is_edited(kind: str, staff: Client, learner: Learner) -> None:
    fill(learner, times=1)
    record = PARTS[kind].records(learner).first()
    edit = f"{PLAN}{kind}/{record.pk}/edit/"
    form = staff.get(edit).context["form"]
    unchanged = {field.html_name: field.value() for field in form if field.value() is not None}
    assert staff.post(edit, unchanged).status_code == 302
    assert record.history.count() == 1
    changed = {
        "lines": {"total_elements": 48, "elements_done": 12},
        "units": {"title": "Dovetails"},
        "reviews": {"notes": "Went well"},
        "placements": {"type": "W"},
        "breaks": {"to_date": "2027-01-20"},
    }[kind]
    assert staff.post(edit, unchanged | changed).status_code == 302
    assert record.history.count() == 2


def test_an_officer_in_a_role_is_not_edited(staff: Client, learner: Learner) -> None:
    held = factories.LearnerOfficerFactory(learner=learner)
    assert staff.get(f"{PLAN}officers/{held.pk}/edit/").status_code == 404


def test_a_part_of_another_learner_is_not_found(staff: Client, learner: Learner) -> None:
    review = factories.ReviewFactory()
    for verb in ("edit", "delete"):
        assert staff.post(f"{PLAN}reviews/{review.pk}/{verb}/").status_code == 404


def test_what_a_service_refuses_stands_on_the_form(staff: Client, learner: Learner) -> None:
    factories.BreakFactory(learner=learner)
    answer = staff.post(f"{PLAN}breaks/new/", {"from_date": "2026-11-10"})
    assert "another break in that time" in answer.text
    line = factories.DeliveryPlanLineFactory(learner=learner)
    again = {"qualification": line.qualification_id, "start": line.start.isoformat()}
    assert "Nothing has been saved" in staff.post(f"{PLAN}lines/new/", again).text
    assert learner.delivery_plan.count() == 1


def test_a_time_that_the_clocks_skip_is_refused(staff: Client, learner: Learner) -> None:
    values = {"type": "Normal", "scheduled_date": "2027-03-28", "start_time": "01:30", "attended": "Unknown"}
    assert "the clocks go forward" in staff.post(f"{PLAN}reviews/new/", values).text


def test_locked_fields_of_a_review_are_shown_and_not_taken(
    staff: Client, learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = factories.ReviewFactory(learner=learner, start_time=time(10, 30))
    reason = "Another system keeps these."
    monkeypatch.setattr(
        registry, "review_locked_fields", [lambda reviews: {r.pk: {"scheduled_date": reason} for r in reviews}]
    )
    edit = f"{PLAN}reviews/{review.pk}/edit/"
    answer = staff.get(edit)
    assert reason in answer.text
    assert "3 Dec 2026" in answer.text
    assert 'name="scheduled_date"' not in answer.text
    staff.post(edit, {"type": "Normal", "attended": "No", "scheduled_date": "2030-01-01", "start_time": "10:30"})
    review.refresh_from_db()
    assert (review.attended, review.scheduled_date) == ("No", date(2026, 12, 3))


def test_another_app_adds_panels_where_it_wants(
    viewer: Client, learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = engines["django"].from_string("<p>Panel of {{ name }}</p>")
    monkeypatch.setattr("learners.views.panels.render_to_string", lambda name, values, request: template.render(values))
    shown = Panel("x.html", lambda request, learner: {"name": learner.surname})
    hidden = Panel("y.html", lambda request, learner: None)
    monkeypatch.setattr(registry, "delivery_plan_panels", [hidden, shown])
    assert viewer.get(PLAN).text.count("<p>Panel of Lane</p>") == 1


def test_history_says_who_changed_what(viewer: Client, administrator: Client, learner: Learner) -> None:
    officer = factories.OfficerFactory(forenames="Bryn", surname="Tallis")
    service.update(learner, by=Actor("OneFile run 12"), email="new@example.org", main_officer=officer)
    service.update(learner, by=Actor("clerk"), nino="CE123456A")
    service.set_tags(learner, [factories.TagFactory(name="Priority")], by=Actor("clerk"))
    reviews.create(learner, by=Actor("clerk"), scheduled_date=date(2026, 12, 3))
    text = administrator.get(f"{PLAN}history/").text
    for words in ("OneFile run 12", "new@example.org", "Bryn Tallis", "CE123456A", "Priority", "Normal review"):
        assert words in text
    masked = viewer.get(f"{PLAN}history/").text
    assert "NI number" in masked
    assert "CE123456A" not in masked


def test_names_are_text_never_markup(staff: Client, learner: Learner) -> None:
    name = '"><script>alert(1)</script>'
    officer = factories.OfficerFactory(forenames="", surname=name)
    service.update(learner, by=Actor(name), surname=name, main_officer=officer)
    line = factories.DeliveryPlanLineFactory(learner=learner, assessor=officer)
    factories.UnitFactory(line=line, title=name)
    placement = factories.PlacementFactory(learner=learner, organisation=factories.OrganisationFactory(name=name))
    learner.tags.add(factories.TagFactory(name=name))
    addresses = [f"{PLAN}{tab}/" for tab in TABS]
    addresses += ["/learners/AB12C/", "/learners/AB12C/edit/", f"{PLAN}placements/{placement.pk}/delete/"]
    for address in [*addresses, f"/officers/{officer.ident}/", f"/organisations/{placement.organisation.ident}/"]:
        assert "<script>alert" not in staff.get(address).text, address
