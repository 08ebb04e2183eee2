"""The list of users: who they are, what they may do, and whether they can sign in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_filters as filters
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import Group, User
from django.db.models import Case, Exists, Min, OuterRef, Q, QuerySet, Sum, TextChoices, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, time_format

from learners.filters import PageFilter, search_field
from learners.tables import NOWRAP, ROOMY
from picsweb.accounts.wrong_passwords import OF_A_NAME, OF_A_PLACE
from picsweb.display import Badge, Link
from picsweb.tables import BadgeColumn, PageTable, RowLinks, SortedColumn


class State(TextChoices):
    ACTIVE = "Active"
    LOCKED = "Locked"
    INVITED = "No password yet"
    INACTIVE = "Inactive"


BADGES = {
    State.ACTIVE: Badge("Active", "good"),
    State.LOCKED: Badge("Locked", "bad"),
    State.INVITED: Badge("No password yet", "warning"),
    State.INACTIVE: Badge("Inactive"),
}


def users(now: datetime) -> QuerySet[User]:
    """With ``state`` as it is ``now`` and ``first_group``, in one query, and their groups in a second."""
    tried = AccessAttempt.objects.filter(
        username=OuterRef("username"), attempt_time__gte=now - settings.AXES_COOLOFF_TIME
    )
    of_a_place, of_a_name = (
        tried.values(by).annotate(failures=Sum("failures_since_start")).filter(failures__gte=most)
        for by, most in (("ip_address", OF_A_PLACE), ("username", OF_A_NAME))
    )
    state = Case(
        When(is_active=False, then=Value(State.INACTIVE.value)),
        When(Exists(of_a_place) | Exists(of_a_name), then=Value(State.LOCKED.value)),
        When(password__startswith=UNUSABLE_PASSWORD_PREFIX, then=Value(State.INVITED.value)),
        default=Value(State.ACTIVE.value),
    )
    return User.objects.annotate(state=state, first_group=Min("groups__name")).prefetch_related("groups")


def moment(at: datetime | None) -> str:
    here = timezone.localtime(at) if at else None
    return f"{date_format(here.date())}, {time_format(here.time())}" if here else ""


def row_links(user: Any) -> list[Link]:
    def link(text: str, name: str) -> Link:
        return Link(text, reverse(f"accounts:{name}", args=[user.pk]), window=True, about=user.get_username())

    links = [link("Edit", "user-edit"), link("Reset password", "user-password")]
    return [*links, link("Unlock", "user-unlock")] if user.state == State.LOCKED else links


class UserTable(PageTable):
    caption = "Users"

    username = SortedColumn(verbose_name="Username", by=["username"], attrs=ROOMY)
    name = SortedColumn(verbose_name="Name", accessor="pk", by=["last_name", "first_name"], attrs=ROOMY)
    groups = SortedColumn(verbose_name="Groups", accessor="pk", by=["first_group"], attrs=ROOMY)
    state = BadgeColumn(verbose_name="State", by=["state"], badge_of=lambda state: BADGES[State(state)], attrs=NOWRAP)
    last_login = SortedColumn(verbose_name="Last sign-in", by=["last_login"], attrs=NOWRAP)
    actions = RowLinks(row_links)

    class Meta(PageTable.Meta):
        order_by = "username"
        sequence = ("...", "actions")  # behind what other apps add

    def render_name(self, record: User) -> str:
        return record.get_full_name() or "—"

    def render_groups(self, record: User) -> str:
        names = sorted(group.name for group in record.groups.all())
        return ", ".join([*(["Superuser"] if record.is_superuser else []), *names]) or "None"

    def render_last_login(self, value: datetime) -> str:
        return moment(value)


class UserFilter(PageFilter):
    q = search_field("Username or name")
    group = filters.ModelChoiceFilter(
        label="Group", queryset=Group.objects.order_by("name"), method="in_group", empty_label="All"
    )
    state = filters.ChoiceFilter(label="State", choices=State.choices, empty_label="All")

    class Meta:
        model = User
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        for word in value.split():
            queryset = queryset.filter(
                Q(username__icontains=word) | Q(first_name__icontains=word) | Q(last_name__icontains=word)
            )
        return queryset

    def in_group(self, queryset: Any, name: str, group: Group) -> Any:
        return queryset.filter(Exists(User.groups.through.objects.filter(user=OuterRef("pk"), group=group)))
