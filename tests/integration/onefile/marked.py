"""A learner filled in everywhere, changed, exchanged with OneFile and edited in the admin."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from learners.actor import Actor
from learners.groups import set_up_groups
from learners.models import Learner
from learners.services import (
    access_requests,
    breaks,
    delivery,
    learner_officers,
    learners,
    placements,
    reviews,
    tags,
)
from onefile_integration.exchange import questions
from onefile_integration.models import Step
from onefile_integration.rules.steps import Doubt
from tests import factories
from tests.integration.onefile.conftest import command
from tests.integration.onefile.story import onefile_id
from tests.sandbox_process import SandboxProcess
from tests.unit.exchange import building as make

BY = Actor(label="test")
PERSON = {
    "forenames": "Zephyrine",
    "surname": "Quillfeather",
    "email": "zephyrine.q@marker.example",
    "telephone": "0161 496 0777",
    "mobile": "07700 900777",
    "date_of_birth": date(2007, 7, 14),
    "uln": "4987600012",
    "nino": "CE123456A",
    "sex": "F",
    "ethnicity": 33,
    "lldd": 1,
    "lldd_primary": 93,
    "lldd_others": [97],
    "address1": "17 Marmalade Lane",
    "address2": "Treacle Yard",
    "address3": "Upper Custard",
    "address4": "Crumbleshire",
    "postcode": "ZE9 7QF",
    "ukprn": "10088831",
    "lrn": "MARKLRN00042",
}
# What the record said before it was put right.
BEFORE = {"forenames": "Zephirina", "surname": "Quilfether", "email": "zeph.old@marker.example"}
MARKERS = [
    "ZQ7XK",
    *(value for name, value in PERSON.items() if isinstance(value, str) and len(value) > 1 and name != "ukprn"),
    *BEFORE.values(),
    "Unit of marzipan",
    "UNITREF777",
    "REG-MARKER-1",
    "notes about gooseberries",
    "waits for rhubarb",
]


@pytest.fixture
def marked(learner: Learner, connected: SandboxProcess) -> Learner:
    """Filled in every field, changed, with parts that were deleted; of the same college as AB12C."""
    values = PERSON | BEFORE
    marked = learners.create(by=BY, ident="ZQ7XK", start=date(2026, 9, 7), planned_end=date(2028, 9, 4), **values)
    learners.update(marked, by=BY, main_officer=learner.main_officer, **{name: PERSON[name] for name in BEFORE})
    learners.set_tags(marked, [tags.get_or_create("Cohort", by=BY)], by=BY)
    line = delivery.create_line(
        marked,
        qualification=learner.delivery_plan.get(qualification__vq_reference="196AS").qualification,
        start=date(2026, 9, 7),
        registration_number="REG-MARKER-1",
        by=BY,
    )
    delivery.set_unit(line, reference="UNITREF777", title="Unit of marzipan", by=BY)
    gone = delivery.create_unit(line, reference="GONEUNIT", title="gone too", by=BY)
    delivery.delete_unit(gone, by=BY)
    placements.create(marked, organisation=learner.placements.get().organisation, start=date(2026, 9, 7), by=BY)
    learner_officers.add(marked, officer=learner.main_officer, role="Mentor", by=BY)
    reviews.create(
        marked, scheduled_date=date(2026, 12, 3), start_time=time(10), notes="notes about gooseberries", by=BY
    )
    breaks.create(marked, from_date=date(2027, 1, 4), to_date=date(2027, 1, 8), by=BY)
    learners.hold(marked, reason="waits for rhubarb", by=BY)
    learners.release(marked, by=BY)
    access_requests.note(marked, by=BY)
    factories.BulkChangeRowFactory(learner=marked, label="Postcode", old_words="", new_words="ZE9 7QF")
    return marked


@pytest.fixture
def desk(transactional_db: None) -> Client:
    set_up_groups()
    user = User.objects.create_user("desk", is_staff=True)
    user.groups.add(Group.objects.get(name="Database Administrator"))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def exchanged(marked: Learner, connected: SandboxProcess, desk: Client) -> Learner:
    """In OneFile, with a refused step and an answered question, and edited in the admin."""
    connected.fault("status", "Standard/4001/Assign", "POST", status=400, times=1)
    command("onefile_enrol", "ZQ7XK")
    assert Step.objects.filter(plan__learner=marked, state="refused").exists()
    edited_in_the_admin(desk, marked)
    make.a_difference(learner=marked, name_there="Zephyrine Quillfeather", mis_value="ZQ7XK")
    make.a_held_field(learner=marked, record=f"learner:{marked.pk}", why="Quillfeather is spelt like this")
    plan = marked.onefile_plans.latest("pk")
    facts = (("Surname", "Quillfeather", "Quilfether"),)
    doubt = Doubt("gave_up", f"plan:{plan.pk}", f"ZQ7XK {onefile_id(connected, 'ZQ7XK')}?", questions.GAVE_UP, facts)
    assert command("onefile_answer", str(questions.ask(plan, doubt).pk), "leave").status == 0
    return marked


def edited_in_the_admin(desk: Client, learner: Learner) -> None:
    address = reverse("admin:learners_learner_change", args=[learner.pk])
    form = desk.get(address).context["adminform"].form
    values = {field.html_name: field.value() for field in form} | {"address1": "17 Marmalade Lane", "sex": "M"}
    kept = {name: value for name, value in values.items() if value not in (None, False)}
    assert desk.post(address, kept).status_code == 302
    unit = learner.delivery_plan.get().units.get()
    address = reverse("admin:learners_unit_change", args=[unit.pk])
    values = {"line": unit.line_id, "reference": "UNITREF777", "title": "Unit of marzipan, second"}
    assert desk.post(address, values).status_code == 302
    learner.refresh_from_db()
