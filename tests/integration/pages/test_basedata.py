"""Officers, organisations and qualifications."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from learners.models import Officer, Organisation, Qualification
from learners.registry import registry
from tests import factories

pytestmark = [pytest.mark.usefixtures("mis_alone"), pytest.mark.once]

KINDS: list[tuple[str, Any, dict[str, Any]]] = [
    ("officers", Officer, {"forenames": "Gwen", "surname": "Östen", "status": "Live", "roles": ["Mentor", "Assessor"]}),
    ("organisations", Organisation, {"name": "Pitt & Sons", "status": "Live", "edrs": "123456789"}),
    ("qualifications", Qualification, {"vq_reference": "60149939", "title": "English", "status": "Live"}),
]


@pytest.mark.parametrize(("kind", "model", "values"), KINDS)
def test_entered_seen_and_changed(kind: str, model: Any, values: dict[str, Any], staff: Client) -> None:
    answer = staff.post(f"/{kind}/new/", values, follow=True)
    record = model.objects.get()
    assert "is saved" in answer.text
    assert all(getattr(record, name) == value for name, value in values.items())
    edit = f"{answer.redirect_chain[-1][0]}edit/"
    assert staff.post(edit, values).status_code == 302
    assert record.history.count() == 1
    staff.post(edit, values | {"status": model._meta.get_field("status").choices[1][0]})
    assert record.history.count() == 2


@pytest.mark.parametrize(("kind", "model", "values"), KINDS)
def test_what_cannot_be_is_refused(kind: str, model: Any, values: dict[str, Any], staff: Client) -> None:
    answer = staff.post(f"/{kind}/new/", values | {"status": "Nonsense"})
    assert "Nothing has been saved yet" in answer.text
    assert not model.objects.exists()


def test_an_organisation_shows_who_is_placed_there(viewer: Client) -> None:
    placement = factories.PlacementFactory()
    text = viewer.get(f"/organisations/{placement.organisation.ident}/").text
    assert placement.learner.ident in text


def test_an_organisation_without_a_name_says_so(viewer: Client) -> None:
    factories.OrganisationFactory(ident="EM999", name="", status="Unapproved")
    assert "EM999 (no name yet)" in viewer.get("/organisations/").text


@pytest.mark.parametrize("kind", ["officer", "organisation"])
def test_another_app_adds_panels(kind: str, viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from learners.registry import Panel

    record = factories.OfficerFactory() if kind == "officer" else factories.OrganisationFactory()
    panel = Panel(
        "components/badge.html", lambda request, record: {"badge": {"kind": "good", "text": "From elsewhere"}}
    )
    monkeypatch.setattr(registry, f"{kind}_panels", [panel])
    assert "From elsewhere" in viewer.get(f"/{kind}s/{record.ident}/").text
