"""Several centres and pathways, and how old the list of them is."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from learners.models import Learner
from onefile_integration.models import Centre, Run, Standard
from tests import factories
from tests.integration.onefile.conftest import command
from tests.integration.onefile.story import another
from tests.integration.onefile_pages.test_create import ADDRESS, hidden, press
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once
AGAIN = "/onefile/qualification-links/again/"


@pytest.fixture
def harbour(learner: Learner, connected: SandboxProcess) -> SandboxProcess:
    """A second centre, which alone has 999/XX, and has 196AS too."""
    connected.seed(
        organisations=[{"ID": 102, "Name": "Harbour Campus", "CustomerID": 11}],
        classrooms=[{"ID": 3009, "OrganisationID": 102, "Name": "Unassigned"}],
        standards=[
            {"ID": 5001, "OrganisationID": 102, "Title": "Business Administrator [196AS]", "Elements": 42},
            {"ID": 5002, "OrganisationID": 102, "Title": "Boat Building [999/XX]", "Elements": 9},
        ],
    )
    assert command("onefile_check").status == 0
    return connected


def pathway(learner: Learner, reference: str = "196AS") -> str:
    return f"pathway-{learner.delivery_plan.get(qualification__vq_reference=reference).pk}"


def page(client: Client, address: str = ADDRESS) -> str:
    return unescape(client.get(address).text)


def test_a_qualification_of_another_centre_is_warned_of_before_the_click(
    holder: Client, learner: Learner, harbour: SandboxProcess
) -> None:
    text = page(holder, f"{ADDRESS}?centre=101")
    assert "999/XX is not in Northmoor College, but in Harbour Campus." in text
    assert "Available in another centre" in text and 'name="create"' in text
    right = page(holder, f"{ADDRESS}?centre=102")
    assert "603/2954/9 is not in Harbour Campus, but in Northmoor College." in right


def test_in_both_centres_the_own_one_is_preselected(holder: Client, learner: Learner, harbour: SandboxProcess) -> None:
    for centre, standard in ((101, "4001"), (102, "5001")):
        text = page(holder, f"{ADDRESS}?centre={centre}")
        assert hidden(text)[pathway(learner)] == standard
        assert "Business Administrator [196AS] – Harbour Campus" in text


def test_the_standard_of_the_chosen_centre_is_named_in_the_step_and_sent(
    holder: Client, learner: Learner, harbour: SandboxProcess
) -> None:
    text = holder.get(f"{ADDRESS}?centre=101").text
    updated = press(holder, text, "update", **{pathway(learner): "5001"})
    begun = press(holder, holder.get(updated.url).text)
    steps = Run.objects.get().plans.get().steps.filter(kind="assign_standard")
    assert begun.status_code == 302
    assert any(step.title.endswith("a standard of Harbour Campus") for step in steps)
    assert {change["new"] for step in steps for change in step.changes} == {5001, 4002, 5002}


def test_the_last_choice_is_named_and_not_chosen(holder: Client, learner: Learner, connected: SandboxProcess) -> None:
    connected.seed(standards=[{"ID": 4005, "OrganisationID": 101, "Title": "Pathway B [196AS]", "Elements": 4}])
    command("onefile_check")
    assert "Chosen last time" not in page(holder)
    another(learner, "AB12D")
    assert command("onefile_enrol", "AB12D", "--pathway", "196AS=4005").status == 0

    text = page(holder)

    assert "Chosen last time for this qualification: Pathway B [196AS]." in text
    assert text.index(">Pathway B [196AS]<") < text.index(">Business Administrator [196AS]<")
    assert hidden(text)[pathway(learner)] == "" and 'name="create"' not in text


def test_a_pathway_that_is_gone_is_chosen_again(holder: Client, learner: Learner, connected: SandboxProcess) -> None:
    text = page(holder, f"{ADDRESS}?{pathway(learner)}=4711")
    assert "Choose the pathway of 196AS. OneFile has no standard 4711 for it." in text
    assert f'id="id_{pathway(learner)}"' in text and 'name="create"' not in text
    chosen = press(holder, text, "update", **{pathway(learner): "4001"})
    assert 'name="create"' in holder.get(chosen.url).text


def test_a_list_that_is_fresh_only_says_when_it_was_fetched(holder: Client, learner: Learner) -> None:
    text = page(holder)
    assert "OneFile's list of qualifications was fetched on" in text and "Fetch the list now" not in text


@pytest.mark.parametrize("window", ["create", "refresh"])
def test_a_stale_list_is_fetched_from_the_window(
    holder: Client, learner: Learner, connected: SandboxProcess, window: str
) -> None:
    address = f"/learners/AB12C/onefile/{window}/"
    if window == "refresh":
        command("onefile_enrol", "AB12C")
    factories.QualificationFactory(vq_reference="NEW1")
    connected.seed(standards=[{"ID": 4009, "OrganisationID": 101, "Title": "Brand new [NEW1]", "Elements": 4}])
    Centre.objects.update(fetched_at=timezone.now() - timedelta(days=3))
    text = page(holder, address)
    assert "That is 3\xa0days ago" in text and f'action="{AGAIN}"' in text

    answer = holder.post(AGAIN, {"next": hidden(text)["next"]}, follow=True)

    assert answer.redirect_chain[0][0].startswith(address)
    assert "3 qualifications in 1 centre were fetched" in answer.text and "Fetch the list now" not in answer.text
    assert Standard.objects.filter(code="NEW1").exists()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "", "javascript:alert(1)"])
def test_it_leads_to_no_other_site(holder: Client, connected: SandboxProcess, elsewhere: str) -> None:
    assert holder.post(AGAIN, {"next": elsewhere}).url == "/learners/"
