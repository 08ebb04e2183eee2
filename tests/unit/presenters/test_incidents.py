"""Where an incident leads."""

from __future__ import annotations

from django.utils import timezone

from onefile_integration.incident_table import links_of
from onefile_integration.models import Incident


def test_a_fault_leads_to_the_settings_while_it_stands() -> None:
    assert [link.href for link in links_of(Incident(kind="fault"))] == ["/onefile/settings/"]
    assert links_of(Incident(kind="fault", closed_at=timezone.now())) == []
