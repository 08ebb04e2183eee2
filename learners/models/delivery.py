"""A learner's delivery plan: lines, their units, reviews."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.formats import date_format
from simple_history.models import HistoricalRecords

from learners import rules
from learners.models.basedata import Officer, Qualification
from learners.models.people import Learner
from learners.progress import done_of_total
from learners.words import REVIEWS_TO_DO, Attended, ReviewState, ReviewType, SystemStatus


class DeliveryPlanLine(models.Model):
    """A qualification of a learner. A restart is a second line; only the latest one is exchanged."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="delivery_plan")
    qualification = models.ForeignKey(Qualification, models.PROTECT, related_name="lines")
    start = models.DateField()
    assessor = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="assessor_of")
    planned_end = models.DateField(null=True, blank=True)
    actual_end = models.DateField(null=True, blank=True)
    total_elements = models.PositiveIntegerField(null=True, blank=True)
    elements_done = models.PositiveIntegerField(null=True, blank=True)
    registration_number = models.CharField(max_length=50, blank=True)
    registration_date = models.DateField(null=True, blank=True)
    certificate_applied = models.DateField("certificate applied for", null=True, blank=True)
    certificate_received = models.DateField(null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["qualification__vq_reference", "start"]
        indexes = [models.Index(fields=["qualification", "learner"], name="line_qualification_learner")]
        constraints = [
            models.UniqueConstraint(fields=["learner", "qualification", "start"], name="line_once_per_start"),
            models.CheckConstraint(
                condition=Q(elements_done__isnull=True)
                | Q(total_elements__isnull=True)
                | Q(elements_done__lte=F("total_elements")),
                name="line_elements_within_total",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.qualification.vq_reference} from {date_format(self.start)}"

    def clean(self) -> None:
        rules.refuse(rules.line_faults(self))

    @property
    def progress(self) -> tuple[int, int] | None:
        """(done, total) by its units if it has any, else by elements; None where neither is known."""
        ends = [unit.actual_end for unit in self.units.all()]
        return done_of_total(ends, total_elements=self.total_elements, elements_done=self.elements_done)


class Unit(models.Model):
    """A unit of a line. Units are never exchanged with OneFile."""

    line = models.ForeignKey(DeliveryPlanLine, models.CASCADE, related_name="units")
    reference = models.CharField(max_length=50)
    title = models.CharField(max_length=255, blank=True)
    actual_end = models.DateField(null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["reference"]
        constraints = [models.UniqueConstraint(fields=["line", "reference"], name="unit_once_per_line")]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}".strip()


# Conditions of indexes too: what a list asks for must hold them word for word.
REVIEW_IS_OPEN = Q(attended=Attended.UNKNOWN, actual_date__isnull=True)
REVIEW_LACKS_A_SIGNATURE = Q(attended=Attended.YES) & (
    Q(trainee_signed__isnull=True) | Q(officer_signed__isnull=True) | Q(employer_signed__isnull=True)
)


class ReviewQuerySet(models.QuerySet["Review"]):
    def of_current_learners(self) -> ReviewQuerySet:
        return self.exclude(learner__system_status__in=[SystemStatus.ARCHIVED, SystemStatus.DELETED])

    def to_do(self, today: date, due_by: date) -> ReviewQuerySet:
        """Those of the states in ``REVIEWS_TO_DO``, found by index before each is looked at."""
        found = self.filter(REVIEW_LACKS_A_SIGNATURE | (REVIEW_IS_OPEN & Q(scheduled_date__lte=due_by)))
        return found.with_state(today, due_by).filter(Q(state__in=REVIEWS_TO_DO))

    def with_state(self, today: date, due_by: date) -> ReviewQuerySet:
        """Adds ``state``, what ``rules.review_state`` says, in the same query."""
        states = [
            (REVIEW_LACKS_A_SIGNATURE, ReviewState.UNSIGNED),
            (Q(attended=Attended.YES), ReviewState.SIGNED),
            (Q(attended=Attended.NO), ReviewState.NOT_ATTENDED),
            (Q(actual_date__isnull=False), ReviewState.UNRECORDED),
            (Q(learner__actual_end__lte=today), ReviewState.LEARNER_ENDED),
            (Q(scheduled_date__isnull=True), ReviewState.UNDATED),
            (Q(scheduled_date__lt=today), ReviewState.OVERDUE),
            (Q(scheduled_date__lte=due_by), ReviewState.DUE),
        ]
        cases = [When(condition, then=Value(state.value)) for condition, state in states]
        planned = Value(ReviewState.PLANNED.value)
        return self.annotate(state=Case(*cases, default=planned, output_field=models.CharField()))


class Review(models.Model):
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="reviews")
    type = models.CharField(max_length=10, choices=ReviewType, default=ReviewType.NORMAL)
    scheduled_date = models.DateField(null=True, blank=True)
    start_time = models.TimeField(null=True, blank=True, help_text="London time")
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="reviews")
    attended = models.CharField(max_length=7, choices=Attended, default=Attended.UNKNOWN)
    actual_date = models.DateField(null=True, blank=True)
    actual_time = models.TimeField(null=True, blank=True, help_text="London time")
    trainee_signed = models.DateField(null=True, blank=True)
    officer_signed = models.DateField(null=True, blank=True)
    employer_signed = models.DateField(null=True, blank=True)
    notes = models.TextField(blank=True)

    objects = ReviewQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["-scheduled_date", "-start_time", "-pk"]
        indexes = [
            models.Index(fields=["scheduled_date"], condition=REVIEW_IS_OPEN, name="review_open"),
            models.Index(fields=["officer"], condition=REVIEW_LACKS_A_SIGNATURE, name="review_unsigned"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(type__in=ReviewType.values), name="review_type_known"),
            models.CheckConstraint(condition=Q(attended__in=Attended.values), name="review_attended_known"),
        ]

    def __str__(self) -> str:
        return f"{self.type} review of {date_format(self.scheduled_date) if self.scheduled_date else 'no date'}"

    def clean(self) -> None:
        rules.refuse(rules.review_faults(self))

    @property
    def signatures_missing(self) -> str:
        return ", ".join(rules.signatures_missing(self))
