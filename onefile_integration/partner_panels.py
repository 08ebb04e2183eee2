"""The ids in OneFile on the summaries of officers and organisations: one for each centre, and those there were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import cached_property

from learners.models import Officer, Organisation
from onefile_integration.access import Access, access
from onefile_integration.exchange.links import is_abandoned
from onefile_integration.models import Centre, HeldField, Link
from onefile_integration.presenters.addresses import partner_page
from onefile_integration.presenters.held_fields import held_fields_link
from onefile_integration.presenters.words import LINK_BADGES, environment_badge, when
from onefile_integration.words import Environment, LinkState
from picsweb.display import Badge, Cell, Grid, GridRow
from picsweb.display import Link as PageLink
from picsweb.permissions import Permission

WHERE = "OneFile Organisation"


def officer_panel(request: HttpRequest, officer: Officer) -> dict[str, Any] | None:
    return _panel(request, officer, "Other System ID")


def organisation_panel(request: HttpRequest, organisation: Organisation) -> dict[str, Any] | None:
    return _panel(request, organisation, "Additional ID")


def _panel(request: HttpRequest, record: Officer | Organisation, label: str) -> dict[str, Any] | None:
    here = access(request)
    if not here.sees_links:
        return None
    may_look_up = here.uses_onefile and request.user.has_perm(Permission.EDIT_LEARNERS)
    return PartnerPanel(here, record, label, may_look_up).values()


@dataclass
class PartnerPanel:
    """A constant number of queries."""

    here: Access
    record: Officer | Organisation
    label: str
    may_look_up: bool

    @cached_property
    def links(self) -> list[Link]:
        """Live and removed, of this environment, the newest first."""
        return list(Link.objects.filter(environment=self.here.environment).of(self.record).order_by("-made_at", "-pk"))

    @cached_property
    def held_fields(self) -> int:
        return HeldField.objects.held().of(self.record).count()

    @cached_property
    def centres(self) -> dict[int, str]:
        known = Centre.objects.known(self.here.environment)
        return dict(known.values_list("onefile_id", "name"))

    def values(self) -> dict[str, Any]:
        shown = environment_badge(self.here.environment) if self.here.environment != Environment.LIVE else None
        return {"label": self.label, "environment": shown, "grid": self._now(), "earlier": self._earlier()} | (
            {"held_fields": held_fields_link(self.record, self.held_fields)} if self.here.uses_onefile else {}
        )

    def _name(self, centre: int | None) -> str:
        return self.centres.get(centre or 0, str(centre))

    def _now(self) -> Grid:
        """One row for each centre that is known, and for each that a link names."""
        live = {link.centre: link for link in self.links if link.state != LinkState.REMOVED}
        where = [*(centre for centre in live if centre is not None and centre not in self.centres), *self.centres]
        rows = [self._row(centre, live.get(centre)) for centre in where]
        return Grid(f"{self.label} in each {WHERE}", [WHERE, self.label, "State", "Linked"], rows)

    def _row(self, centre: int, link: Link | None) -> GridRow:
        badge = LINK_BADGES[LinkState(link.state)] if link else Badge("Not linked")
        number = str(link.onefile_id or "") if link else ""
        cells = [
            Cell(self._name(centre)),
            Cell(number, short=True),
            Cell(badge=badge),
            Cell(_made(link) if link else ""),
        ]
        return GridRow(cells, self._links(centre, link))

    def _links(self, centre: int, link: Link | None) -> list[PageLink]:
        name = self._name(centre)
        if link is None:
            look_up = self._page("Look Up OneFile ID", "partner-look-up", centre, about=f"in {name}")
            set_id = self._page("Set", "partner-link", centre, about=f"the id in {name}")
            is_known = centre in self.centres
            return [look_up] * (self.may_look_up and is_known) + [set_id] * (self.here.is_administrator and is_known)
        in_hand = link.state == LinkState.CREATING and not is_abandoned(link)
        if in_hand or not self.here.is_administrator:
            return []
        return [self._page("Remove", "partner-unlink", centre, about=f"the link in {name}", danger=True)]

    def _page(self, text: str, name: str, centre: int, *, about: str, danger: bool = False) -> PageLink:
        return PageLink(text, partner_page(name, self.record, centre), window=True, about=about, danger=danger)

    def _earlier(self) -> Grid:
        rows = [
            GridRow(
                [
                    Cell(self._name(link.centre)),
                    Cell(str(link.onefile_id or ""), short=True),
                    Cell(_made(link)),
                    Cell(f"{when(link.removed_at)}, {link.removed_by}"),
                ]
            )
            for link in self.links
            if link.state == LinkState.REMOVED
        ]
        return Grid(f"{self.label} removed", [WHERE, self.label, "Linked", "Removed"], rows)


def _made(link: Link) -> str:
    return f"{link.get_origin_display()}, {when(link.made_at)}, {link.made_by}"
