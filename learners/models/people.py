"""A learner's record (one per episode) and what ties it to people and places."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.formats import date_format
from simple_history.models import HistoricalRecords

from learners import rules
from learners.models.basedata import Officer, Organisation, Tag, ident_validator
from learners.words import Ethnicity, Lldd, PlacementType, ProgrammeStatus, Sex, SystemStatus


class LearnerHistory(HistoricalRecords):
    def create_historical_record_m2ms(self, history_instance: Any, instance: Learner) -> None:
        """A new learner has no tags yet: two queries that a file of thousands need not ask."""
        if history_instance.history_type != "+":
            super().create_historical_record_m2ms(history_instance, instance)


class LearnerQuerySet(models.QuerySet["Learner"]):
    def found_by(self, text: str) -> LearnerQuerySet:
        """Learners whose name, Ident, LRN, email or postcode holds every word of ``text``."""
        from learners.values import folded

        found = self
        for word in folded(text).split():
            found = found.filter(search_key__contains=word)
        return found

    def with_main_line(self) -> LearnerQuerySet:
        """With the lines and their qualifications, of which ``rules.main_line`` names one."""
        from learners.models.delivery import DeliveryPlanLine

        lines = DeliveryPlanLine.objects.select_related("qualification")
        return self.prefetch_related(models.Prefetch("delivery_plan", lines))

    def recorded_before(self, moment: datetime) -> LearnerQuerySet:
        """Those whose record was there already."""
        rows = Learner.history.filter(id=models.OuterRef("pk"), history_date__lt=moment)
        return self.filter(models.Exists(rows))

    def with_programme_status(self, today: date) -> LearnerQuerySet:
        """Adds ``programme_status_then``, the status on ``today`` (a London date), in the same query."""
        on_break = Break.objects.filter(learner=models.OuterRef("pk")).covering(today)
        return self.annotate(
            programme_status_then=models.Case(
                models.When(actual_end__lte=today, then=models.Value(ProgrammeStatus.ENDED.value)),
                models.When(models.Exists(on_break), then=models.Value(ProgrammeStatus.BREAK.value)),
                default=models.Value(ProgrammeStatus.IN_LEARNING.value),
            )
        )


class Learner(models.Model):
    ident = models.CharField(max_length=5, unique=True, validators=[ident_validator])
    person = models.UUIDField(default=uuid.uuid4, editable=False, db_index=True)
    ukprn = models.CharField("UKPRN", max_length=8, blank=True)
    lrn = models.CharField("Learner Reference Number", max_length=12, blank=True)
    forenames = models.CharField(max_length=100, blank=True)
    surname = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    telephone = models.CharField(max_length=35, blank=True)
    mobile = models.CharField(max_length=35, blank=True)
    date_of_birth = models.DateField(null=True, blank=True)
    uln = models.CharField("ULN", max_length=10, blank=True)
    nino = models.CharField("NI number", max_length=9, blank=True)
    sex = models.CharField(max_length=1, choices=Sex, blank=True)
    ethnicity = models.PositiveSmallIntegerField(choices=Ethnicity, null=True, blank=True)
    lldd = models.PositiveSmallIntegerField("LLDD", choices=Lldd, null=True, blank=True)
    lldd_primary = models.PositiveSmallIntegerField("primary LLDD category", null=True, blank=True)
    lldd_others = models.JSONField("other LLDD categories", default=list, blank=True)
    address1 = models.CharField(max_length=100, blank=True)
    address2 = models.CharField(max_length=100, blank=True)
    address3 = models.CharField(max_length=100, blank=True)
    address4 = models.CharField(max_length=100, blank=True)
    postcode = models.CharField(max_length=9, blank=True)
    system_status = models.CharField(max_length=13, choices=SystemStatus, default=SystemStatus.LIVE)
    start = models.DateField(null=True, blank=True)
    planned_end = models.DateField(null=True, blank=True)
    actual_end = models.DateField(null=True, blank=True)
    main_officer = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="main_officer_of")
    main_tag = models.ForeignKey(Tag, models.PROTECT, null=True, blank=True, related_name="main_tag_of")
    tags = models.ManyToManyField(Tag, blank=True, related_name="learners")
    held_from_sync = models.BooleanField(default=False)
    held_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    search_key = models.CharField(max_length=600, editable=False, db_index=True)
    sort_key = models.CharField(max_length=250, editable=False, db_index=True)

    objects: models.Manager[Learner] = LearnerQuerySet.as_manager()
    history = LearnerHistory(excluded_fields=["search_key", "sort_key"], m2m_fields=[tags])

    class Meta:
        ordering = ["sort_key", "ident"]
        permissions = [
            ("view_sensitive", "Can see special category data and NI numbers"),
            ("export_data", "Can take whole lists out as files"),
            ("manage_data", "Can import files, change many records at once, answer access requests"),
            ("erase_learner", "Can erase a learner for good"),
        ]
        indexes = [
            models.Index(fields=["ukprn", "lrn"]),
            models.Index(fields=["uln"]),
            models.Index(fields=["main_officer", "system_status"], name="learner_caseload"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(system_status__in=SystemStatus.values), name="learner_status_known"),
            models.CheckConstraint(
                condition=Q(held_from_sync=False, held_reason="") | (Q(held_from_sync=True) & ~Q(held_reason="")),
                name="learner_held_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(lldd_primary__isnull=True) | Q(lldd=Lldd.YES),
                name="learner_lldd_category_needs_flag",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.ident

    def get_absolute_url(self) -> str:
        return reverse("learners:delivery-plan", args=[self.ident])

    def clean(self) -> None:
        rules.refuse(rules.learner_faults(self))

    @property
    def full_name(self) -> str:
        return f"{self.forenames} {self.surname}".strip()

    @property
    def address_lines(self) -> list[str]:
        return [line for line in [self.address1, self.address2, self.address3, self.address4] if line]

    def programme_status(self, today: date) -> ProgrammeStatus:
        """Ended, Break or In Learning (before the start too) on ``today``, a London date."""
        if self.actual_end and self.actual_end <= today:
            return ProgrammeStatus.ENDED
        if any(pause.covers(today) for pause in self.breaks.all()):
            return ProgrammeStatus.BREAK
        return ProgrammeStatus.IN_LEARNING

    def most_recent_placement(self, today: date, *, types: Any = PlacementType.values) -> Placement | None:
        """The latest start not after ``today``; if none has begun, the earliest to come."""
        candidates = [placement for placement in self.placements.all() if placement.type in types]
        begun = [placement for placement in candidates if placement.start <= today]
        if begun:
            return max(begun, key=lambda placement: (placement.start, placement.pk))
        return min(candidates, key=lambda placement: (placement.start, placement.pk), default=None)

    def other_episodes(self) -> LearnerQuerySet:
        return LearnerQuerySet(Learner).filter(person=self.person).exclude(pk=self.pk)


class BreakQuerySet(models.QuerySet["Break"]):
    def covering(self, today: date) -> BreakQuerySet:
        return self.filter(Q(to_date__isnull=True) | Q(to_date__gte=today), from_date__lte=today)


class Break(models.Model):
    """A break in learning, both days inclusive; no last day = open."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="breaks")
    from_date = models.DateField("from")
    to_date = models.DateField("to", null=True, blank=True)

    objects = BreakQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["from_date"]
        constraints = [
            models.UniqueConstraint(fields=["learner", "from_date"], name="break_once_per_day"),
            models.CheckConstraint(
                condition=Q(to_date__isnull=True) | Q(to_date__gte=F("from_date")),
                name="break_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{date_format(self.from_date)} – {date_format(self.to_date) if self.to_date else 'open'}"

    def clean(self) -> None:
        rules.refuse(rules.break_faults(self))

    def covers(self, day: date) -> bool:
        return self.from_date <= day and (self.to_date is None or day <= self.to_date)


class LearnerOfficer(models.Model):
    """An officer beside the main one, in one role."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="learner_officers")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="learner_officers")
    role = models.CharField(max_length=40)

    history = HistoricalRecords()

    class Meta:
        ordering = ["role", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["learner", "officer", "role"], name="learner_officer_once_per_role")
        ]

    def __str__(self) -> str:
        return f"{self.officer} ({self.role})"

    def clean(self) -> None:
        rules.refuse(rules.learner_officer_faults(self))


class Placement(models.Model):
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="placements")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="placements")
    type = models.CharField(max_length=1, choices=PlacementType, default=PlacementType.EMPLOYER)
    start = models.DateField()
    end = models.DateField(null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["-start", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["learner", "organisation", "start"], name="placement_once_per_start"),
            models.CheckConstraint(condition=Q(type__in=PlacementType.values), name="placement_type_known"),
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("start")), name="placement_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} from {date_format(self.start)}"

    def clean(self) -> None:
        rules.refuse(rules.placement_faults(self))


class DifferentPeople(models.Model):
    """Somebody has looked: these two records share a number, and are not one person. Not proposed again."""

    first = models.ForeignKey(Learner, models.CASCADE, related_name="+")
    second = models.ForeignKey(Learner, models.CASCADE, related_name="+")
    said_by = models.CharField(max_length=150)
    said_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "different people"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="different_people_said_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="different_people_in_order"),
            models.CheckConstraint(condition=~Q(said_by=""), name="different_people_said_by_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} is not {self.second_id}"
