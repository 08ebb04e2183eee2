"""Fills an empty database with the made-up provider of `make demo`, and connects it with the sandbox."""

from __future__ import annotations

import os
import random
from datetime import date, time, timedelta
from io import StringIO
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from learners.actor import Actor
from learners.models import Learner, Officer, Organisation, Qualification, Tag
from learners.services import (
    breaks,
    delivery,
    learner_officers,
    learners,
    officers,
    organisations,
    placements,
    qualifications,
    reviews,
    tags,
)
from onefile_integration import demo
from onefile_integration.exchange import configuration, links
from onefile_integration.models import Licence, Settings, Token
from onefile_integration.rules.times import months_before
from picsweb.commands import JsonCommand, Refused, Result, Status
from picsweb.permissions import DATA_MANAGER, DATABASE_ADMINISTRATOR, STAFF, VIEWER

BY = Actor(label="demo data")
USERS = {"viewer": VIEWER, "staff": STAFF, "manager": DATA_MANAGER, "administrator": DATABASE_ADMINISTRATOR}
SETTINGS = {
    "enabled": "on",
    "environment": "practice",
    "default_classroom": "Unassigned",
    "classroom_from_main_tag": "on",
    "upload_reviews": "on",
    "download_reviews": "on",
    "additional_assessors": "Mentor",
}


class Command(JsonCommand):
    help = "Load the demo's made-up data into an empty database (logins' password: DEMO_PASSWORD)."

    def run(self, options: dict[str, Any]) -> Result:
        if Learner.objects.exists() and (Token.objects.exists() or not User.objects.filter(username="viewer")):
            raise Refused("There are learners already; the demo's data goes into an empty database only.")
        if not Learner.objects.exists():
            make_provider(os.environ.get("DEMO_PASSWORD", ""))
        if token := os.environ.get("DEMO_ONEFILE_TOKEN"):
            connect(token)
        count = Learner.objects.count()
        return Result(data={"learners": count}, text=f"{count} learners were made.")


@transaction.atomic
def make_provider(password: str) -> None:
    make_users(password)
    make_base_data()
    for row in demo.LEARNERS:
        make_learner(*row)


def make_users(password: str) -> None:
    if not password:
        raise Refused("Set DEMO_PASSWORD.")
    for name, group in USERS.items():
        user = User.objects.create_user(name, password=password, is_staff=group == DATABASE_ADMINISTRATOR)
        user.groups.add(Group.objects.get(name=group))
        if group != VIEWER:
            Licence.objects.create(user=user)


def make_base_data() -> None:
    for ident, forenames, surname, roles, status in demo.OFFICERS:
        email = f"{forenames}.{surname}@northmoor.example".lower()
        officers.create(
            by=BY, ident=ident, forenames=forenames, surname=surname, email=email, roles=roles, status=status
        )
    for ident, name, lines, postcode, contact, edrs in demo.ORGANISATIONS:
        address = {f"address{number}": line for number, line in enumerate(lines, start=1)}
        status = "Live" if name else "Unapproved"
        organisations.create(
            by=BY, ident=ident, name=name, postcode=postcode, contact=contact, edrs=edrs, status=status, **address
        )
    for reference, title, level, body in demo.QUALIFICATIONS:
        qualifications.create(by=BY, vq_reference=reference, title=title, level=level, awarding_body=body)
    for name in demo.TAGS:
        tags.get_or_create(name, by=BY)


def make_learner(
    ident: str, forenames: str, surname: str, born: str, uln: str, programme: str, months: int, special: str
) -> None:
    references, employer, main_officer, second, tag = demo.PROGRAMMES[programme]
    rng = random.Random(ident)  # noqa: S311
    start = _start(months, special)
    learner = learners.create(
        by=BY,
        ident=ident,
        forenames=forenames,
        surname=surname,
        email=_email(forenames, surname, special),
        mobile=f"07700 900{rng.randrange(100, 999)}",
        date_of_birth=date.fromisoformat(born),
        uln=uln,
        ethnicity=rng.choice([31, 34, 37, 43, 44, 99]),
        sex=rng.choice("MF"),
        lldd=2,
        address1=f"{rng.randrange(1, 90)} {rng.choice(['Mill', 'Corn', 'Quay', 'Abbey'])} Street",
        address2="Northmoor",
        postcode=f"NM{rng.randrange(1, 9)} {rng.randrange(1, 9)}AB",
        system_status="Partial Entry" if special == "partial" else "Live",
        start=start,
        planned_end=start + timedelta(days=7 * 78),
        actual_end=_actual_end(special),
        main_officer=Officer.objects.get(ident="OF012" if special == "archived officer" else main_officer),
        main_tag=Tag.objects.get(name=tag),
    )
    if special != "no placement":
        where = Organisation.objects.get(ident="EM007" if special == "unnamed employer" else employer)
        placements.create(learner, by=BY, organisation=where, type="P", start=start)
    _make_lines(learner, references, main_officer, second, start)
    _make_reviews(learner, start)
    _make_special(learner, special)


def _start(months: int, special: str) -> date:
    today = timezone.localdate()
    if special == "starts soon":
        return today + timedelta(days=12)
    return months_before(today, months).replace(day=5)


def _email(forenames: str, surname: str, special: str) -> str:
    if special == "no email":
        return ""
    if special == "shared email":
        return "home@example.org"
    name = f"{forenames}.{surname}@example.org".lower().replace("'", "").replace("ö", "o")
    return name.replace(" ", "")


def _actual_end(special: str) -> date | None:
    days = {"ended lately": 9, "ended long ago": 140}.get(special)
    return timezone.localdate() - timedelta(days=days) if days else None


def _make_lines(learner: Learner, references: tuple[str, ...], first: str, second: str, start: date) -> None:
    for number, reference in enumerate(references):
        delivery.create_line(
            learner,
            qualification=Qualification.objects.get(vq_reference=reference),
            by=BY,
            start=start,
            planned_end=start + timedelta(days=7 * 74),
            assessor=Officer.objects.get(ident=first if number == 0 else second),
            registration_number=f"R{learner.ident}{number}" if number == 1 else "",
        )


def _make_reviews(learner: Learner, start: date) -> None:
    """Every ten weeks from the start: attended ones in the past, three to come."""
    today = timezone.localdate()
    day = start + timedelta(days=70)
    while day < today + timedelta(days=150):
        held = day < today
        values: dict[str, Any] = {"attended": "Yes", "actual_date": day, "officer_signed": day} if held else {}
        reviews.create(
            learner,
            by=BY,
            scheduled_date=day,
            start_time=time(9 + day.day % 6, 30),
            officer=learner.main_officer,
            **values,
        )
        day += timedelta(days=70)


def _make_special(learner: Learner, special: str) -> None:
    today = timezone.localdate()
    if special == "on a break":
        breaks.create(learner, by=BY, from_date=today - timedelta(days=20))
    if special == "held":
        learners.hold(learner, reason="Transfer to another provider is being agreed.", by=BY)
    if learner.ident == "NM102":
        mentor = Officer.objects.get(ident="OF010")
        learner_officers.add(learner, officer=mentor, role="Mentor", by=BY)


def connect(token: str) -> None:
    """Settings and token, the qualification links, and the learners who were in OneFile before."""
    configuration.change(SETTINGS, token=token, by=BY)
    call_command("onefile_check", "--json", stdout=StringIO())
    environment = Settings.objects.current().environment
    for ident, *_, special in demo.LEARNERS:
        if special.startswith("linked "):
            learner = Learner.objects.get(ident=ident)
            number = int(special.removeprefix("linked "))
            centre = 102 if ident.startswith("HB") else 101
            links.set_learner_link(learner, number, environment=environment, found=None, by=BY, centre=centre)
    try:
        call_command("onefile_sync", "--json", stdout=StringIO())
    except SystemExit as ended:  # 1: a question or a failure is listed, which the pages show as well
        if ended.code != Status.WITH_FAULTS:
            raise
