"""Change many learners on screen: whom, what, a preview, exactly that, and its undo."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from learners.actor import Actor
from learners.bulk.kinds import KINDS
from learners.models import BulkChange, Learner, Officer
from learners.services import learners as service
from learners.views import bulk
from tests import factories

pytestmark = pytest.mark.usefixtures("mis_alone")
START = "/learners/bulk-change/"


@pytest.fixture
def gwen(db: None) -> Officer:
    return factories.OfficerFactory(ident="GW001", forenames="Gwen", surname="Östen")


def preview(kind: str, chosen: dict[str, Any], **values: Any) -> str:
    query = {**chosen, **{f"to-{name}": value for name, value in values.items()}}
    return f"{START}{kind}/preview/?{urlencode(query, doseq=True)}"


def ticked(*learners: Learner) -> dict[str, Any]:
    return {"learner": [learner.ident for learner in learners]}


def do(client: Client, address: str, **follow: Any) -> Any:
    return client.post(address, {"digest": client.get(address).context["digest"]}, **follow)


def test_chosen_previewed_changed_and_undone(manager: Client, gwen: Officer, learner: Learner) -> None:
    other, has = factories.LearnerFactory(), factories.LearnerFactory(main_officer=gwen)
    chosen = ticked(learner, other, has)
    assert "3 learners chosen in the list" in manager.get(START, chosen).text
    address = preview("main_officer", chosen, main_officer=gwen.pk)
    page = manager.get(address)
    assert "Change 2 learners" in page.text
    assert [fact.text for fact in page.context["facts"]] == ["2 learners", "1 learner", "0 learners"]
    assert Learner.objects.filter(main_officer=gwen).count() == 1

    answer = do(manager, address, follow=True)

    change = BulkChange.objects.get()
    assert answer.redirect_chain[-1][0] == f"/learners/bulk-changes/{change.pk}/"
    assert "2 learners changed. 1 learner had it already." in answer.text
    history = manager.get("/learners/AB12C/delivery-plan/history/").text
    assert f"bulk change {change.pk} by {change.made_by}" in history
    service.update(other, main_officer=factories.OfficerFactory(), by=Actor("someone"))
    undo = f"/learners/bulk-changes/{change.pk}/undo/"
    assert "1 value is left as it is now: It was changed since." in manager.get(undo).text
    text = manager.post(undo, follow=True).text
    assert "What the undo left as it is" in text
    assert f"undo of bulk change {change.pk}" in manager.get("/learners/AB12C/delivery-plan/history/").text
    learner.refresh_from_db()
    assert learner.main_officer is None
    assert "has undone this change already" in manager.post(undo).text
    assert "Undone by" in manager.get("/learners/bulk-changes/").text


def test_an_edit_between_preview_and_confirmation_is_told_and_nothing_done(
    manager: Client, gwen: Officer, learner: Learner
) -> None:
    other = factories.LearnerFactory()
    address = preview("main_officer", ticked(learner, other), main_officer=gwen.pk)
    digest = manager.get(address).context["digest"]
    service.update(other, main_officer=gwen, by=Actor("someone"))
    answer = manager.post(address, {"digest": digest})
    assert "Nothing was changed: since this preview was made" in answer.text
    assert "Change 1 learner" in answer.text
    assert not BulkChange.objects.exists()
    assert manager.post(address, {"digest": answer.context["digest"]}).status_code == 302


def test_all_that_the_filter_finds_are_chosen_without_naming_them(manager: Client, gwen: Officer) -> None:
    factories.LearnerFactory.create_batch(30, main_officer=gwen)
    factories.LearnerFactory()
    [link] = manager.get("/learners/", {"main_officer": gwen.pk, "page": 2}).context["found_actions"]
    assert (link.text, "learner=" in link.href) == ("Change all 30 found", False)
    assert "30 learners found by the list" in manager.get(link.href).text
    Learner.objects.filter(main_officer=gwen).latest("pk").delete()
    assert "30 were found when you chose; now it is 29" in manager.get(link.href).text
    chosen = {"all": 1, "found": 30, "main_officer": gwen.pk}
    do(manager, preview("system_status", chosen, system_status="Archived"))
    assert Learner.objects.filter(system_status="Archived").count() == 29


def test_a_filter_that_makes_no_sense_chooses_nobody(manager: Client, learner: Learner) -> None:
    """In the list it would be left out; here that would be everybody."""
    assert "Nobody is chosen" in manager.get(START, {"all": 1, "main_officer": "x"}).text
    address = preview("system_status", {"all": 1, "main_officer": "x"}, system_status="Deleted")
    assert "Nobody is chosen" in manager.post(address).text
    assert not BulkChange.objects.exists()


def test_one_who_is_gone_is_missed(manager: Client, learner: Learner) -> None:
    text = manager.get(START, {"learner": ["AB12C", "ZZZZZ"]}).text
    assert "2 were chosen when you chose; now it is 1" in text


def test_too_many_are_refused_with_what_to_do(
    manager: Client, learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST", 1)
    chosen = ticked(learner, factories.LearnerFactory())
    address = preview("system_status", chosen, system_status="Archived")
    for answer in (manager.get(START, chosen), manager.get(address), manager.post(address)):
        assert "2 learners are too many" in answer.text
        assert "Narrow the list" in answer.text
    assert not BulkChange.objects.exists()


def test_what_is_missing_is_said_on_the_form(manager: Client, learner: Learner) -> None:
    gone = factories.OfficerFactory(status="Archived")
    for value in ("", gone.pk):
        answer = manager.get(preview("main_officer", ticked(learner), main_officer=value))
        assert "main_officer" in answer.context["form"].errors
        assert 'name="learner" value="AB12C"' in answer.text
    assert manager.get(f"{START}surname/", ticked(learner)).status_code == 404


def test_back_from_the_preview_the_form_is_as_it_was(manager: Client, gwen: Officer, learner: Learner) -> None:
    page = manager.get(preview("main_officer", ticked(learner), main_officer=gwen.pk))
    form = manager.get(page.context["back"].href)
    assert f'value="{gwen.pk}" selected' in form.text
    assert 'name="learner" value="AB12C"' in form.text


def test_deleting_many_is_warned_of(manager: Client, learner: Learner) -> None:
    assert "leave the lists" in manager.get(preview("system_status", ticked(learner), system_status="Deleted")).text


def test_who_cannot_be_placed_is_listed_with_the_reason(manager: Client, learner: Learner) -> None:
    factories.PlacementFactory(learner=learner, start=date(2026, 12, 1))
    ended = factories.LearnerFactory(actual_end=date(2026, 10, 12))
    employer = factories.OrganisationFactory()
    values = {"organisation": employer.ident, "type": "P", "start": "2026-12-01", "ends_current": "on"}
    page = manager.get(preview("placement", ticked(learner, ended), **values))
    assert "so it cannot end before that" in page.text
    assert "Ended on 12 Oct 2026" in page.text
    assert "There is nothing to change." in page.text
    assert page.context["confirm"] == ""


def test_an_officer_hands_the_caseload_over(manager: Client, gwen: Officer, learner: Learner) -> None:
    assert "/officers/GW001/hand-over/" in manager.get("/officers/GW001/").text
    Learner.objects.filter(pk=learner.pk).update(main_officer=gwen)
    factories.DeliveryPlanLineFactory(learner=learner, assessor=gwen)
    to = factories.OfficerFactory(forenames="Bryn", surname="Tallis")
    form = manager.get("/officers/GW001/hand-over/").context["form"]
    assert list(form.fields["to"].queryset) == [to], "not to oneself"
    address = f"/officers/GW001/hand-over/preview/?to-to={to.pk}&to-lines=on"
    assert "Caseload of Gwen Östen to Bryn Tallis" in do(manager, address, follow=True).text
    assert (to.main_officer_of.count(), to.assessor_of.count()) == (1, 1)
    assert "Nothing to hand over" in manager.get(address).text


def test_staff_see_no_way_to_it(staff: Client, gwen: Officer, learner: Learner) -> None:
    for address in ("/learners/", "/officers/GW001/"):
        text = staff.get(address).text
        assert "bulk" not in text
        assert "hand-over" not in text


@pytest.mark.parametrize("kind", [*KINDS, "caseload"])
def test_a_preview_asks_as_often_for_few_as_for_many(kind: str, manager: Client, gwen: Officer) -> None:
    tag, employer, to = factories.TagFactory(), factories.OrganisationFactory(), factories.OfficerFactory()
    values = {"main_officer": to.pk, "tag": tag.pk, "system_status": "Archived", "organisation": employer.ident}
    values |= {"type": "P", "start": "2026-12-01", "ends_current": "on"}
    address = preview(kind, {"all": 1}, **values)
    if kind == "caseload":
        address = f"/officers/GW001/hand-over/preview/?to-to={to.pk}&to-lines=on&to-reviews=on&to-roles=on"

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert manager.get(address).context["confirm"]
        return len(captured)

    add_learners(2, gwen, tag if kind == "remove_tag" else factories.TagFactory())
    asked()  # the first request of a session notes when it was
    few = asked()
    add_learners(20, gwen, tag if kind == "remove_tag" else factories.TagFactory())
    assert asked() == few


def add_learners(count: int, officer: Officer, tag: Any) -> None:
    for learner in factories.LearnerFactory.create_batch(count, main_officer=officer):
        learner.tags.add(tag)
        factories.PlacementFactory(learner=learner)
        factories.DeliveryPlanLineFactory(learner=learner, assessor=officer)
        factories.ReviewFactory(learner=learner, officer=officer, scheduled_date=date(2099, 1, 1))
        factories.LearnerOfficerFactory(learner=learner, officer=officer)


@pytest.mark.parametrize("address", ["/learners/bulk-changes/", "/learners/bulk-changes/{pk}/"])
def test_pages_of_what_was_done_ask_as_often_for_few_as_for_many(address: str, manager: Client) -> None:
    change = factories.BulkChangeFactory()

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert manager.get(address.format(pk=change.pk)).status_code == 200
        return len(captured)

    factories.BulkChangeRowFactory.create_batch(2, change=change)
    asked()  # the first request of a session notes when it was
    few = asked()
    factories.BulkChangeRowFactory.create_batch(20, change=change)
    factories.BulkChangeFactory.create_batch(20)
    assert asked() == few


def test_rows_are_shown_in_pages_that_keep_the_choice(
    manager: Client, monkeypatch: pytest.MonkeyPatch, gwen: Officer
) -> None:
    monkeypatch.setattr(bulk, "ROWS_ON_A_PAGE", 2)
    factories.LearnerFactory.create_batch(5)
    address = preview("main_officer", {"all": 1}, main_officer=gwen.pk)
    page = manager.get(address)
    assert len(page.context["grid"].rows) == 2
    following = re.search(r'rel="next" href="([^"]+)"', page.text)
    assert following
    second = manager.get(address.partition("?")[0] + unescape(following[1]))
    assert (second.context["page"].number, second.context["digest"]) == (2, page.context["digest"])
    third = manager.get(f"{address}&page=3")
    assert len(third.context["grid"].rows) == 1
