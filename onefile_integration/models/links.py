"""Which record here is which record in OneFile. Every OneFile ID that a screen shows comes from here."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from learners.models import DeliveryPlanLine, Learner, Officer, Organisation, Review
from onefile_integration.words import Environment, Figure, LinkOrigin, LinkState

LIVE = ~Q(state=LinkState.REMOVED)


class LinkQuerySet(models.QuerySet["Link"]):
    def live(self) -> LinkQuerySet:
        return self.exclude(state=LinkState.REMOVED)

    def within(self, environment: str) -> LinkQuerySet:
        return self.live().filter(environment=environment)

    def of(self, record: Learner | Officer | Organisation) -> LinkQuerySet:
        return self.filter(**{record._meta.model_name or "": record})


class Link(models.Model):
    learner = models.ForeignKey(Learner, models.CASCADE, null=True, blank=True, related_name="onefile_links")
    officer = models.ForeignKey(Officer, models.CASCADE, null=True, blank=True, related_name="onefile_links")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, blank=True, related_name="onefile_links")
    environment = models.CharField(max_length=8, choices=Environment)
    # Null only for a learner's link set by hand while OneFile was down and several centres are known.
    centre = models.PositiveIntegerField(null=True, blank=True)
    onefile_id = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=LinkState)
    origin = models.CharField(max_length=11, choices=LinkOrigin)
    # An enrolment that is not yet whole: what the upload still owes (dates, assessors) is planned again.
    upload_due = models.BooleanField(default=False)
    # When a night last searched for the reviews of this very learner; else it looks in the list of the centre.
    reviews_searched_at = models.DateTimeField(null=True, blank=True)
    # While it is being created: the plan that does so. Another plan that needs it waits.
    plan = models.ForeignKey("ExchangePlan", models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.CharField(max_length=150, blank=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(learner__isnull=False, officer__isnull=True, organisation__isnull=True)
                | Q(learner__isnull=True, officer__isnull=False, organisation__isnull=True)
                | Q(learner__isnull=True, officer__isnull=True, organisation__isnull=False),
                name="link_of_one_record",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[LinkState.CREATING, LinkState.REMOVED]) | Q(onefile_id__isnull=False),
                name="link_has_an_id",
            ),
            models.CheckConstraint(
                condition=Q(state=LinkState.REMOVED, removed_at__isnull=False) & ~Q(removed_by="")
                | LIVE & Q(removed_at__isnull=True, removed_by=""),
                name="link_removed_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(learner__isnull=False) | Q(centre__isnull=False), name="link_in_a_centre"
            ),
            models.UniqueConstraint(
                fields=["environment", "learner"],
                condition=LIVE & Q(learner__isnull=False),
                name="link_one_per_learner",
            ),
            models.UniqueConstraint(
                fields=["environment", "centre", "officer"],
                condition=LIVE & Q(officer__isnull=False),
                name="link_one_per_officer_and_centre",
            ),
            models.UniqueConstraint(
                fields=["environment", "centre", "organisation"],
                condition=LIVE & Q(organisation__isnull=False),
                name="link_one_per_organisation_and_centre",
            ),
            models.UniqueConstraint(
                fields=["environment", "onefile_id"],
                condition=LIVE & Q(organisation__isnull=True),
                name="link_one_per_onefile_user",
            ),
            models.UniqueConstraint(
                fields=["environment", "onefile_id"],
                condition=LIVE & Q(organisation__isnull=False),
                name="link_one_per_onefile_placement",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record} = {self.onefile_id or 'being created'} ({self.environment})"

    @property
    def record(self) -> Learner | Officer | Organisation:
        record = self.learner or self.officer or self.organisation
        assert record is not None, "the database holds a link of one record"
        return record


class RemoteAim(models.Model):
    """A learning aim in OneFile that is a line here."""

    link = models.ForeignKey(Link, models.CASCADE, related_name="aims")
    line = models.ForeignKey(DeliveryPlanLine, models.SET_NULL, null=True, related_name="remote_aims")
    standard_id = models.PositiveIntegerField()
    onefile_id = models.PositiveIntegerField()
    # Its dates and assessor have not all gone up yet.
    upload_due = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["link", "onefile_id"], name="remote_aim_once"),
            models.UniqueConstraint(fields=["link", "line"], name="remote_aim_one_per_line"),
        ]

    def __str__(self) -> str:
        return f"aim {self.onefile_id}"


class RemoteReview(models.Model):
    """A review in OneFile that is, or was, a review here. Deleted here, it keeps its row, to stay away."""

    link = models.ForeignKey(Link, models.CASCADE, related_name="reviews")
    review = models.ForeignKey(Review, models.SET_NULL, null=True, related_name="remote_reviews")
    # A visit booked for a review that has not been made yet.
    visit_onefile_id = models.PositiveIntegerField(null=True)
    onefile_id = models.PositiveIntegerField(null=True)
    # When it was last read itself, of one that both have signed: the least recently read come first.
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["link", "onefile_id"], name="remote_review_once"),
            models.UniqueConstraint(fields=["link", "review"], name="remote_review_one_per_review"),
            models.CheckConstraint(
                condition=Q(visit_onefile_id__isnull=False) | Q(onefile_id__isnull=False),
                name="remote_review_knows_something",
            ),
        ]

    def __str__(self) -> str:
        return f"review {self.onefile_id or 'not made yet'}"


class AgreedValue(models.Model):
    """A learner's main officer or employer as both sides last had it: the key of our record, as in ``officer:12``.

    Under other names: what OneFile shows otherwise than it was sent, as fingerprints (``rules/shown.py``).
    """

    link = models.ForeignKey(Link, models.CASCADE, related_name="agreed")
    name = models.CharField(max_length=20)
    value = models.CharField(max_length=40)
    agreed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "name"], name="agreed_value_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.value}"


class PortfolioFigure(models.Model):
    """A number of OneFile's about a learner's whole portfolio, as last read: hours off the job, overall progress.

    Each has a time of its own: one that OneFile did not give keeps its value and its time.
    """

    link = models.ForeignKey(Link, models.CASCADE, related_name="figures")
    name = models.CharField(max_length=20, choices=Figure)
    value = models.FloatField(help_text="hours, or percent")
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "name"], name="portfolio_figure_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.value:g}"


class OfficerAssignment(models.Model):
    """An officer assigned to a learner in OneFile, for a standard or the whole portfolio."""

    link = models.ForeignKey(Link, models.CASCADE, related_name="assignments")
    officer = models.ForeignKey(Officer, models.CASCADE, related_name="onefile_assignments")
    standard_id = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["link", "officer"], condition=Q(standard_id=None), name="assignment_once_for_all"
            ),
            models.UniqueConstraint(fields=["link", "officer", "standard_id"], name="assignment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.officer} for {self.standard_id or 'the whole portfolio'}"
