"""Pages of a large provider, 100,000 learners with two lines and four reviews each: seconds a page and a file."""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from tests.servers import ENVIRONMENT, _postgresql

LEARNERS = int(os.environ.get("BENCH_LEARNERS", "100000"))
OFFICERS, ORGANISATIONS, QUALIFICATIONS, TAGS = 200, 3000, 60, 40
LINES, REVIEWS = 2, 4
TIMES = int(os.environ.get("BENCH_TIMES", "3"))
CHUNK = 5000
RECORDED = datetime(2025, 12, 1, tzinfo=UTC)
NAMES = "Amara Bryn Cai Dilys Elin Ffion Gwen Huw Idris Jac Keira Lowri Megan Nia Owain Priya Rhys Sian Tomos Zofia"
SURNAMES = "Okafor Lane Patel Smith Jones Evans Khan Novak Byrne Clarke Doyle Ellis Frost Green Hughes Iqbal Kaur Lewis"
LISTS = {
    "/learners/": (
        *("name", "ident", "lrn", "system_status", "programme_status_then", "start", "planned_end"),
        *("main_officer", "main_tag", "actual_end", "onefile_id"),
    ),
    "/officers/": ("name", "ident", "email", "telephone", "roles", "caseload", "status"),
    "/organisations/": ("name", "ident", "postcode", "telephone", "email", "edrs", "placed", "status"),
    "/qualifications/": ("vq_reference", "title", "level", "awarding_body", "learners", "status"),
    "/tags/": ("name", "as_main", "as_further"),
    "/reviews/": ("learner", "ident", "type", "scheduled_date", "start_time", "officer", "state", "onefile_system_id"),
    "/learners/progress/": ("name", "main_officer", "programme_status_then"),
}


def main() -> None:
    """BENCH_DATABASE_URL: a scratch database that is kept, and filled only if it is empty."""
    with tempfile.TemporaryDirectory(prefix="picsweb-", dir="/tmp", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with ExitStack() as stack:
            database = os.environ.get("BENCH_DATABASE_URL") or _postgresql(stack, folder)
            os.environ |= ENVIRONMENT | {
                "DATABASE_URL": database,
                "REDIS_URL": "redis://127.0.0.1:9",
                "DJANGO_SETTINGS_MODULE": "picsweb.settings",
            }
            import django

            django.setup()
            from django.conf import settings

            settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
            _measure()


def _measure() -> None:
    from django.core.management import call_command
    from django.db import connection

    from learners.models import Learner

    call_command("migrate", verbosity=0)
    if not Learner.objects.exists():
        with _timed("filled in"):
            _fill(random.Random(1))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    client = _client()
    _say("page", "median s", "slowest s", "bytes")
    for address in _addresses():
        _ask(client, address)
    for address in ("/lists/learners.csv", "/lists/learners.csv?q=lane", "/lists/reviews.csv", "/lists/progress.csv"):
        _ask(client, address, times=1)


def _addresses() -> Iterator[str]:
    for address, columns in LISTS.items():
        yield address
        yield from (f"{address}?sort={sign}{column}" for column in columns for sign in ("", "-"))
        yield f"{address}?page=99999"
        yield f"{address}?q=zofia+kaur"
        yield f"{address}?q=nobodyatall"
    yield from (f"/learners/?{query}" for query in _queries())
    yield from (
        f"/reviews/?{query}" for query in ("state=all", "state=Unsigned", "officer=1", "within=84", "type=Exit")
    )
    yield from (f"/learners/L0007/delivery-plan/{tab}/" for tab in _tabs())
    yield "/learners/L0007/delivery-plan/progress/?as_at=2026-01-01"
    yield "/learners/progress/?as_at=2026-01-01&main_officer=1"
    yield from ("/learners/L0007/", "/learners/L0007/edit/", "/learners/L0007/tie/", "/learners/new/")
    yield from (f"/learners/L0007/delivery-plan/{part}/new/" for part in ("placements", "reviews", "lines", "officers"))
    yield from ("/officers/F0007/", "/organisations/E0007/", "/qualifications/1/", "/tags/1/")


def _queries() -> Iterator[str]:
    yield from ("q=L0007", "q=a", "q=lane", "programme_status=Break", "programme_status=Ended", "main_officer=7")
    yield from ("tag=3", "qualification=5", "held=True", "start_from=2026-09-01", "system_status=Archived")
    yield from (f"lacks={each}" for each in ("main_officer", "email", "placement", "employer_name", "main_tag"))


def _tabs() -> Iterable[str]:
    from learners.tabs import TABS

    return TABS


def _client() -> Any:
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client()
    user = User.objects.filter(username="bench").first() or User.objects.create_superuser("bench")
    client.force_login(user)
    return client


def _ask(client: Any, address: str, times: int = TIMES) -> None:
    seconds = []
    for _ in range(times):
        began = time.monotonic()
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        size = sum(map(len, answer.streaming_content)) if answer.streaming else len(answer.content)
        seconds.append(time.monotonic() - began)
    _say(address, f"{statistics.median(seconds):.2f}", f"{max(seconds):.2f}", size)


# ---- a large provider, with the history that services would have written


def _fill(rng: random.Random) -> None:
    from learners import models

    officers = _create(
        models.Officer(ident=f"F{n:04}", forenames=_one(rng, NAMES), surname=f"{_one(rng, SURNAMES)}-{n}", roles=[])
        for n in range(OFFICERS)
    )
    organisations = _create(
        models.Organisation(ident=f"E{n:04}", name=f"{_one(rng, SURNAMES)} & Sons {n}" if n % 9 else "")
        for n in range(ORGANISATIONS)
    )
    qualifications = _create(
        models.Qualification(vq_reference=f"60{n:06}", title=f"Diploma {n}") for n in range(QUALIFICATIONS)
    )
    tags = _create(models.Tag(name=f"Cohort {n}") for n in range(TAGS))
    learners = _create(_learner(rng, n, officers, tags) for n in range(LEARNERS))
    _create(_placement(rng, learner, organisations) for learner in learners if rng.random() < 0.9)
    _create(models.Break(learner=each, from_date=date(2026, 10, 1)) for each in learners if rng.random() < 0.03)
    _create(line for learner in learners for line in _lines(rng, learner, qualifications))
    _create(review for learner in learners for review in _reviews(rng, learner, officers))
    through = models.Learner.tags.through
    further = (through(learner=learner, tag=rng.choice(tags)) for learner in learners if rng.random() < 0.5)
    _create(further, with_history=False)


def _create(records: Iterable[Any], *, with_history: bool = True) -> list[Any]:
    from learners.services.keys import fill_keys

    made: list[Any] = []
    records = iter(records)
    while chunk := list(islice(records, CHUNK)):
        model = type(chunk[0])
        if hasattr(chunk[0], "search_key"):
            for record in chunk:
                fill_keys(record)
        made += model._default_manager.bulk_create(chunk)
    if with_history:
        _write_history(model)
    return made


def _write_history(model: Any) -> None:
    """The row that each insert of a service would have written, in one statement."""
    from django.db import connection

    history = model.history.model
    names = ", ".join(f'"{field.column}"' for field in history.tracked_fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {history._meta.db_table} ({names}, history_date, history_type)"
            f" SELECT {names}, %s, '+' FROM {model._meta.db_table}",
            [RECORDED],
        )


def _one(rng: random.Random, words: str) -> str:
    return rng.choice(words.split())


def _learner(rng: random.Random, number: int, officers: list[Any], tags: list[Any]) -> Any:
    from learners import models

    start = date(2023, 1, 1) + timedelta(days=rng.randrange(1400))
    ended = start + timedelta(days=400) if rng.random() < 0.4 else None
    ident = f"L{number:04}" if number < 10000 else f"{'KMNPQRSTV'[number // 10000 - 1]}{number % 10000:04}"
    return models.Learner(
        ident=ident,
        forenames=_one(rng, NAMES),
        surname=f"{_one(rng, SURNAMES)}-{_one(rng, SURNAMES)}",
        email=f"{ident.lower()}@example.org" if rng.random() < 0.95 else "",
        lrn=f"{number:012}",
        start=start,
        planned_end=start + timedelta(days=550),
        actual_end=ended,
        system_status=rng.choices(["Live", "Archived", "Deleted", "Partial Entry"], [90, 6, 2, 2])[0],
        main_officer=rng.choice(officers) if rng.random() < 0.97 else None,
        main_tag=rng.choice(tags) if rng.random() < 0.8 else None,
    )


def _placement(rng: random.Random, learner: Any, organisations: list[Any]) -> Any:
    from learners import models

    return models.Placement(learner=learner, organisation=rng.choice(organisations), start=learner.start)


def _lines(rng: random.Random, learner: Any, qualifications: list[Any]) -> Iterator[Any]:
    from learners import models

    for qualification in rng.sample(qualifications, LINES):
        yield models.DeliveryPlanLine(
            learner=learner,
            qualification=qualification,
            start=learner.start,
            planned_end=learner.planned_end,
            total_elements=40,
            elements_done=rng.randrange(41),
        )


def _reviews(rng: random.Random, learner: Any, officers: list[Any]) -> Iterator[Any]:
    from learners import models

    for number in range(REVIEWS):
        day = learner.start + timedelta(weeks=12 * number + rng.randrange(12))
        held = day < date(2026, 11, 1) and rng.random() < 0.95
        signed = day + timedelta(days=3) if held and rng.random() < 0.9 else None
        yield models.Review(
            learner=learner,
            scheduled_date=day,
            officer=learner.main_officer or rng.choice(officers),
            attended="Yes" if held else "Unknown",
            actual_date=day if held else None,
            trainee_signed=signed,
            officer_signed=signed,
            employer_signed=signed,
        )


@contextmanager
def _timed(words: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    sys.stderr.write(f"{words} {time.monotonic() - began:.0f} s\n")


def _say(*cells: object) -> None:
    sys.stdout.write(f"{cells[0]!s:<64}" + "".join(f"{cell!s:>12}" for cell in cells[1:]) + "\n")
    sys.stdout.flush()
