"""Files in and out on pages: upload, preview, agree, result; templates and whole kinds."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from learners import tasks
from learners.files import reading
from learners.files.kinds import kind_names
from learners.models import FileImport, Learner, Qualification
from picsweb.permissions import DATA_MANAGER
from tests import factories
from tests.integration.learners.conftest import LEARNER, as_csv
from tests.integration.learners.ilr_sample import file as ilr_file
from tests.integration.learners.ilr_sample import learner as ilr_learner
from tests.integration.pages.conftest import Person

GOOD = b"VQREF,TITLE,LEVEL,AWARDINGBODY\n157AS,Joiner,2,C&G\n"
BAD = b"VQREF,TITLE,LEVEL,AWARDINGBODY\n157AS,\x07,2,C&G\n"


@pytest.fixture
def manager(signed_in: Person) -> Client:
    return signed_in(DATA_MANAGER)


def send(client: Client, data: bytes, kind: str = "qualifications", name: str = "file.csv") -> Any:
    return client.post(reverse("learners:import-new"), {"kind": kind, "file": SimpleUploadedFile(name, data)})


def page(name: str, job: FileImport) -> str:
    return reverse(f"learners:{name}", args=[job.pk])


def read(client: Client, data: bytes, kind: str = "qualifications", name: str = "file.csv") -> FileImport:
    assert send(client, data, kind, name).status_code == 302
    return worked(FileImport.objects.latest("pk"))


def worked(job: FileImport) -> FileImport:
    tasks.work_import(job.pk)
    job.refresh_from_db()
    return job


def buttons(answer: Any) -> set[str]:
    return {word for word in ("Import", "Discard") if f">{word}</button>" in answer.text}


def test_upload_preview_import_result(manager: Client) -> None:
    answer = send(manager, GOOD)
    job = FileImport.objects.get()
    assert answer.url == page("import", job)
    waiting = manager.get(answer.url)
    assert "Waiting to be read" in waiting.text
    assert buttons(waiting) == {"Discard"}
    worked(job)
    preview = manager.get(answer.url)
    assert buttons(preview) == {"Import", "Discard"}
    assert "157AS Joiner" in preview.text
    assert not Qualification.objects.exists()
    manager.post(page("import-approve", job))
    worked(job)
    result = manager.get(answer.url)
    assert ("Imported" in result.text, buttons(result), Qualification.objects.count()) == (True, set(), 1)
    assert [[cell.text for cell in row.cells] for row in result.context["counts"].rows] == [
        ["New", "1", "1"],
        ["Changed", "0", "0"],
        ["As they were", "0", "0"],
    ]


def test_while_it_is_read_the_page_asks_again_and_then_stops(manager: Client) -> None:
    send(manager, GOOD)
    job = FileImport.objects.get()
    asked = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "import-part"}
    whole = manager.get(page("import", job))
    assert 'hx-trigger="every 2s"' in whole.text
    seen = {"seen": whole.context["seen"]}
    assert manager.get(page("import", job), seen, **asked).status_code == 204
    worked(job)
    last = manager.get(page("import", job), seen, **asked)
    assert (last.status_code, "<html" in last.text, buttons(last)) == (286, False, {"Import", "Discard"})


def test_a_file_with_faults_names_them_and_offers_no_import(manager: Client) -> None:
    job = read(manager, BAD)
    answer = manager.get(page("import", job))
    assert buttons(answer) == set()
    assert "Nothing was changed" in answer.text
    assert [[cell.text for cell in row.cells] for row in answer.context["errors"].rows] == [
        ["2", "TITLE", "The cell holds a control character."]
    ]
    download = manager.get(page("import-errors", job))
    assert list(csv.reader(io.StringIO(download.getvalue().decode("utf-8-sig")))) == [
        ["ROW", "COLUMN", "MESSAGE"],
        ["2", "TITLE", "The cell holds a control character."],
    ]
    manager.post(page("import-approve", job))
    assert worked(job).state == "refused"


def test_an_ilr_with_faults_can_be_imported_and_says_who_lacks_what(manager: Client) -> None:
    job = read(manager, ilr_file(ilr_learner(ULN="4123456782")), "ilr", "ILR.xml")
    answer = manager.get(page("import", job))
    assert buttons(answer) == {"Import", "Discard"}
    assert "drawn when imported" in answer.text
    manager.post(page("import-approve", job))
    worked(job)
    answer = manager.get(page("import", job))
    links = {row.cells[0].text: row.cells[1].link.href for row in answer.context["lacking"].rows}
    assert links["Main officer"] == f"{reverse('learners:learner-list')}?lacks=main_officer"
    assert Learner.objects.count() == 1


def test_records_in_doubt_stand_beside_the_file_s_values(manager: Client) -> None:
    job = read(manager, ilr_file(ilr_learner()), "ilr", "ILR.xml")
    manager.post(page("import-approve", job))
    worked(job)
    Learner.objects.update(surname="Another", date_of_birth="1990-01-01")
    job = read(manager, ilr_file(ilr_learner()), "ilr", "ILR.xml")
    answer = manager.get(page("import", job))
    [(ref, _, grid)] = answer.context["conflicts"]
    assert "Another" in [row.cells[1].text for row in grid.rows]
    assert "1 Jan 1990" in [row.cells[1].text for row in grid.rows]
    manager.post(page("import-approve", job), {"same_person": [ref, "SOMEONE"]})
    job.refresh_from_db()
    assert job.same_person == [ref]
    worked(job)
    assert Learner.objects.get().surname != "Another"


def test_what_is_held_needs_a_tick(manager: Client) -> None:
    rows = [LEARNER | {"IDENT": f"AB12{number}", "MIAP_ULN": ""} for number in range(4)]
    for row in rows:
        factories.LearnerFactory(ident=row["IDENT"], surname="Before")
    job = read(manager, as_csv(*rows), "learners")
    assert "4 learners who are here already would get another surname" in manager.get(page("import", job)).text
    answer = manager.post(page("import-approve", job), follow=True)
    assert "Nothing was imported: tick" in answer.text
    assert worked(job).state == "read"
    manager.post(page("import-approve", job), {"go_on": "on"})
    assert worked(job).state == "imported"


def test_sensitive_values_of_a_preview_are_masked(manager: Client) -> None:
    factories.LearnerFactory(ident="AB12C", ethnicity=47)
    job = read(manager, as_csv(LEARNER), "learners")
    for sees, client in ((True, manager), (False, without_sensitive())):
        answer = client.get(page("import", job))
        assert ("AB123456C" in answer.text) == sees
        [nino] = [row for row in answer.context["changes"].rows if row.cells[2].text == "NI number"]
        assert [cell.masked for cell in nino.cells] == [False, False, False, False, not sees]


def without_sensitive() -> Client:
    from django.contrib.auth.models import Permission as Held
    from django.contrib.auth.models import User

    user = User.objects.create_user("without")
    user.user_permissions.add(Held.objects.get(codename="manage_data"))
    client = Client()
    client.force_login(user)
    return client


def test_discarding_keeps_nothing(manager: Client) -> None:
    job = read(manager, GOOD)
    answer = manager.post(page("import-discard", job), follow=True)
    assert "Discarded" in answer.text
    assert not job.chunks.exists()
    again = manager.post(page("import-discard", job), follow=True)
    assert "too late" in again.text


@pytest.mark.parametrize(
    ("kind", "name", "data", "said"),
    [
        ("qualifications", "file.csv", b"", "empty"),
        ("wizards", "file.csv", GOOD, "not one of the available choices"),
        ("", "file.csv", GOOD, "required"),
        ("learners", "ILR.XML", GOOD, "An XML file is an ILR"),
        ("ilr", "learners.xlsx", GOOD, "An ILR is an XML file"),
        ("qualifications", "large.csv", GOOD * 2, "larger than 0 MB"),
    ],
)
def test_a_wrong_upload_is_said_on_the_form(
    kind: str, name: str, data: bytes, said: str, manager: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("learners.forms.files.LARGEST_FILE", len(GOOD))
    answer = send(manager, data, kind, name)
    assert answer.status_code == 200
    assert said in answer.text
    assert not FileImport.objects.exists()
    assert reading.LARGEST_FILE == 200 * reading.MEGABYTE


# The list


def test_earlier_imports_are_listed_with_their_outcome(manager: Client) -> None:
    assert "No imports yet" in manager.get(reverse("learners:import-list")).text
    read(manager, BAD, name="bad.csv")
    read(manager, GOOD, name="good.csv")
    answer = manager.get(reverse("learners:import-list"))
    assert [row.record.file_name for row in answer.context["table"].rows] == ["good.csv", "bad.csv"]
    assert "Refused" in answer.text
    assert "1 faults" not in answer.text
    narrowed = manager.get(reverse("learners:import-list"), {"state": "refused"})
    assert [row.record.file_name for row in narrowed.context["table"].rows] == ["bad.csv"]
    found = manager.get(reverse("learners:import-list"), {"q": "GOOD"})
    assert [row.record.file_name for row in found.context["table"].rows] == ["good.csv"]


@pytest.mark.parametrize("sort", ["file_name", "kind", "uploaded_by", "uploaded_at", "state"])
def test_the_list_sorts_with_a_constant_number_of_queries(sort: str, manager: Client) -> None:
    address = f"{reverse('learners:import-list')}?sort={sort}"
    factories.FileImportFactory.create_batch(2)
    few = queries(manager, address)
    factories.FileImportFactory.create_batch(20)
    assert queries(manager, address) == few


def test_a_page_of_an_import_has_a_constant_number_of_queries(manager: Client) -> None:
    small, large = read(manager, GOOD), read(manager, GOOD * 1 + b"".join(b"Q%d,T,1,C\n" % n for n in range(50)))
    assert queries(manager, page("import", small)) == queries(manager, page("import", large))


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


# Out


@pytest.mark.parametrize("kind", kind_names())
def test_each_kind_has_templates_and_exports(kind: str, manager: Client) -> None:
    for name in ("import-template", "export"):
        text = manager.get(reverse(f"learners:{name}", args=[kind, "csv"])).getvalue().decode("utf-8-sig")
        book = manager.get(reverse(f"learners:{name}", args=[kind, "xlsx"]))
        assert f'filename="{kind}' in book["Content-Disposition"]
        [heading, *_] = openpyxl.load_workbook(io.BytesIO(book.getvalue())).worksheets[0].values
        assert list(heading) == next(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("name", ["import-template", "export"])
def test_an_unknown_kind_is_not_found(name: str, manager: Client) -> None:
    assert manager.get(reverse(f"learners:{name}", args=["wizards", "csv"])).status_code == 404


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_leaves_sensitive_columns_blank_for_staff(
    form: str, manager: Client, staff: Client, learner: Learner
) -> None:
    for sees, client in ((True, manager), (False, staff)):
        [row] = exported(client, form)
        assert (row["IDENT"], bool(row["NINUMBER"]), bool(row["LLDD"])) == (learner.ident, sees, sees)


def exported(client: Client, form: str) -> list[dict[str, Any]]:
    data = client.get(reverse("learners:export", args=["learners", form])).getvalue()
    if form == "csv":
        return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    heading, *rows = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].values
    return [dict(zip(heading, row, strict=True)) for row in rows]


@pytest.mark.parametrize("kind", ["officers", "organisations", "reviews", "learners"])
def test_an_export_has_a_constant_number_of_queries(kind: str, staff: Client) -> None:
    make = {
        "officers": factories.OfficerFactory,
        "organisations": factories.OrganisationFactory,
        "reviews": factories.ReviewFactory,
        "learners": factories.LearnerFactory,
    }[kind]
    make()
    address = reverse("learners:export", args=[kind, "csv"])
    few = streamed(staff, address)
    make.create_batch(20)
    assert streamed(staff, address) == few


def streamed(client: Client, address: str) -> int:
    client.get(address).getvalue()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).getvalue()
    return len(captured)


# Who may


def test_who_may_import_and_export(
    manager: Client, staff: Client, viewer: Client, without_permission: Client, stranger: Client
) -> None:
    job = read(manager, GOOD)
    imports = [reverse("learners:import-list"), reverse("learners:import-new"), page("import", job)]
    imports += [page("import-errors", job), reverse("learners:import-template", args=["learners", "csv"])]
    exports = [reverse("learners:export-list"), reverse("learners:export", args=["learners", "csv"])]
    posts = [page("import-approve", job), page("import-discard", job)]
    for address in [*imports, *exports]:
        assert manager.get(address).status_code == 200, address
        assert stranger.get(address).status_code == 302, address
        assert without_permission.get(address).status_code == 403, address
        assert staff.get(address).status_code == (403 if address in imports else 200), address
        assert viewer.get(address).status_code == 403, address
    for address in posts:
        assert manager.get(address).status_code == 405, address
        assert staff.post(address).status_code == 403, address
        assert stranger.post(address).status_code == 302, address
    assert send(staff, GOOD).status_code == 403
    job.refresh_from_db()
    assert (job.state, FileImport.objects.count()) == ("read", 1)


def test_the_menu_shows_what_one_may(manager: Client, staff: Client) -> None:
    shown = {
        client: [item.text for item in client.get(reverse("learners:export-list")).context["menu"]]
        for client in (manager, staff)
    }
    assert ("Imports" in shown[manager], "Exports" in shown[manager]) == (True, True)
    assert ("Imports" in shown[staff], "Exports" in shown[staff]) == (False, True)
