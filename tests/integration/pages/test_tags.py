"""Tags: a list with counts, new, rename, merge, delete, each with its history."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from learners.actor import Actor
from learners.models import Learner, Tag
from learners.services import tags as service
from learners.words import SystemStatus
from tests import factories

TAGS = "/tags/"


def tagged(main: Tag | None = None, *further: Tag, **values: Any) -> Learner:
    learner: Learner = factories.LearnerFactory(main_tag=main, **values)
    learner.tags.set(further)
    return learner


def test_the_list_counts_who_carries_each(viewer: Client) -> None:
    a, b = factories.TagFactory(name="A"), factories.TagFactory(name="B")
    tagged(a, a, b)
    tagged(a, b)
    tagged(a, b, system_status=SystemStatus.DELETED)
    table = viewer.get(TAGS).context["table"]
    assert [(row.record.name, row.record.as_main, row.record.as_further) for row in table.rows] == [
        ("A", 3, 1),
        ("B", 0, 3),
    ]
    assert [row.record.name for row in viewer.get(TAGS, {"sort": "-as_further"}).context["table"].rows] == ["B", "A"]


def test_a_tag_is_made_and_renamed_with_history(staff: Client) -> None:
    staff.post(f"{TAGS}new/", {"name": "Cohort 1"})
    tag = Tag.objects.get()
    answer = staff.post(f"{TAGS}{tag.pk}/edit/", {"name": "Cohort One"}, follow=True)
    assert "The tag is saved." in answer.text
    history = [[cell.text for cell in row.cells[3:]] for row in answer.context["history"].rows]
    assert history == [["Name", "Cohort 1", "Cohort One"], ["Record added", "", ""]]


@pytest.mark.parametrize("name", ["", "cohort 1", "x" * 101])
def test_a_name_that_cannot_be_is_refused_by_its_field(name: str, staff: Client) -> None:
    factories.TagFactory(name="Cohort 1")
    assert "Nothing has been saved" in staff.post(f"{TAGS}new/", {"name": name}).text
    assert Tag.objects.count() == 1


def test_merging_moves_every_learner_and_says_so_in_each_history(staff: Client) -> None:
    old, new, other = (factories.TagFactory(name=name) for name in ("Old", "New", "Other"))
    both, main, further, neither = tagged(old, old, other), tagged(old), tagged(other, old, new), tagged(other, other)
    gone = tagged(old, system_status=SystemStatus.DELETED)
    question = staff.get(f"{TAGS}{old.pk}/merge/").text
    assert "4 learners get the other tag instead" in question
    answer = staff.post(f"{TAGS}{old.pk}/merge/", {"into": new.pk}, follow=True)
    assert "The tags are merged." in answer.text

    def carries(learner: Learner) -> tuple[Any, list[str]]:
        learner.refresh_from_db()
        return learner.main_tag and learner.main_tag.name, [tag.name for tag in learner.tags.all()]

    assert carries(both) == ("New", ["New", "Other"])
    assert carries(main) == ("New", [])
    assert carries(further) == ("Other", ["New"])
    assert carries(neither) == ("Other", ["Other"])
    assert carries(gone) == ("New", [])
    assert not Tag.objects.filter(name="Old").exists()
    assert Tag.history.filter(name="Old", history_type="-").count() == 1
    assert both.history.filter(history_change_reason__startswith="user-").count() == 2
    assert not neither.history.filter(history_change_reason__startswith="user-").exists()


def test_a_tag_is_not_merged_with_itself(db: None, staff: Client) -> None:
    tag = factories.TagFactory()
    with pytest.raises(ValidationError, match="itself"):
        service.merge(tag, into=tag, by=Actor("someone"))
    assert staff.post(f"{TAGS}{tag.pk}/merge/", {"into": tag.pk}).status_code == 200
    assert Tag.objects.filter(pk=tag.pk).exists()


@pytest.mark.parametrize("how", ["main", "further", "deleted learner"])
def test_a_tag_that_someone_carries_is_kept(how: str, staff: Client) -> None:
    tag = factories.TagFactory()
    status = SystemStatus.DELETED if how == "deleted learner" else SystemStatus.LIVE
    tagged(tag if how == "main" else None, *([] if how == "main" else [tag]), system_status=status)
    assert "so it was kept" in staff.post(f"{TAGS}{tag.pk}/delete/").text
    assert Tag.objects.filter(pk=tag.pk).exists()


def test_a_tag_that_nobody_carries_is_deleted(staff: Client) -> None:
    tag = factories.TagFactory()
    assert staff.post(f"{TAGS}{tag.pk}/delete/", follow=True).status_code == 200
    assert not Tag.objects.exists()
    assert Tag.history.filter(history_type="-").count() == 1


def test_who_may_only_look_changes_nothing(viewer: Client, stranger: Client) -> None:
    tag, other = factories.TagFactory(), factories.TagFactory()
    assert viewer.get(f"{TAGS}{tag.pk}/").status_code == 200
    for verb, data in {"edit": {"name": "X"}, "merge": {"into": other.pk}, "delete": {}}.items():
        address = f"{TAGS}{tag.pk}/{verb}/"
        assert viewer.get(address).status_code == viewer.post(address, data).status_code == 403
        assert stranger.post(address, data).status_code == 302
    assert viewer.post(f"{TAGS}new/", {"name": "X"}).status_code == 403
    assert Tag.objects.count() == 2
