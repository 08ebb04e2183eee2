from django.db import models
from django.utils import timezone

from onefile_sandbox.models.centre import Classroom, LearnerStatus, Organisation, Placement


class Role(models.IntegerChoices):
    LEARNER = 1, "Learner"
    TRAINEE_ASSESSOR = 4, "Trainee assessor"
    ASSESSOR = 5, "Assessor"
    IQA = 10, "IQA"
    EMPLOYER = 40, "Employer"
    OBSERVER = 45, "Observer"


ASSESSORS = (Role.ASSESSOR, Role.TRAINEE_ASSESSOR)


class Present(models.Manager["User"]):
    """Who was removed is nowhere, though aims and reviews may still name it."""

    def get_queryset(self) -> models.QuerySet["User"]:
        return super().get_queryset().filter(removed=False)


class User(models.Model):
    """Every role in one table, as in OneFile. Nothing is unique but the id."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, verbose_name="centre")
    role = models.IntegerField(choices=Role.choices)
    username = models.CharField(max_length=100, blank=True)
    first_name = models.CharField(max_length=200)
    last_name = models.CharField(max_length=200)
    email = models.CharField(max_length=254, blank=True)
    misid = models.CharField("MIS value", max_length=200, blank=True)
    placement = models.ForeignKey(Placement, on_delete=models.SET_NULL, null=True, blank=True)
    classroom = models.ForeignKey(Classroom, on_delete=models.SET_NULL, null=True, blank=True)
    default_assessor = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="assessed_learners",
        limit_choices_to={"role__in": [4, 5]},
    )
    default_employer = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="employed_learners",
        limit_choices_to={"role": 40},
    )
    learner_status = models.ForeignKey(LearnerStatus, on_delete=models.SET_NULL, null=True, blank=True)
    provider_id = models.IntegerField(null=True, blank=True)
    company_name = models.CharField(max_length=300, blank=True)
    home_address = models.TextField(blank=True)
    work_address = models.TextField(blank=True)
    telephone = models.CharField(max_length=50, blank=True)
    mobile_number = models.CharField(max_length=50, blank=True)
    website = models.CharField(max_length=300, blank=True)
    dob = models.DateTimeField("date of birth", null=True, blank=True)
    uln = models.CharField("ULN", max_length=20, blank=True)
    nino = models.CharField("NINO", max_length=20, blank=True)
    l12 = models.CharField("L12 ethnicity", max_length=20, blank=True)
    l13 = models.CharField("L13 sex", max_length=20, blank=True)
    l14 = models.CharField("L14 LLDD", max_length=20, blank=True)
    l15 = models.CharField("L15", max_length=20, blank=True)
    l16 = models.CharField("L16", max_length=20, blank=True)
    primary_lldd_code = models.CharField(max_length=20, blank=True)
    secondary_lldd_codes = models.JSONField(default=list, blank=True)
    learning_difficulty_and_disability_id = models.IntegerField(null=True, blank=True)
    support_funding = models.BooleanField(null=True, blank=True)
    start_on = models.DateTimeField(null=True, blank=True)
    planned_end_date = models.DateTimeField(null=True, blank=True)
    centre_register = models.DateTimeField(null=True, blank=True)
    episode_name = models.CharField(max_length=200, blank=True)
    created_on = models.DateTimeField(default=timezone.now)
    last_modified = models.DateTimeField(default=timezone.now)
    archived = models.BooleanField(default=False)
    removed = models.BooleanField(default=False, editable=False)
    contracted_hours = models.FloatField(null=True, blank=True)
    otj_target_percentage = models.FloatField("off-the-job target, percent", null=True, blank=True)
    otj_planned = models.FloatField("off-the-job hours planned", null=True, blank=True)
    otj_weeks = models.FloatField("weeks of training", null=True, blank=True)
    otj_method = models.CharField("method of calculating off-the-job hours", max_length=50, blank=True)
    otj_minimum = models.FloatField("off-the-job hours, minimum", null=True, blank=True)
    otj_actual = models.FloatField("off-the-job hours done", null=True, blank=True)

    objects = Present()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def progress(self) -> float | None:
        """Covered criteria of all criteria over all aims; only learners have one."""
        if self.role != Role.LEARNER:
            return None
        aims = self.aims.all()
        return percent(sum(aim.elements_completed for aim in aims), sum(aim.total_elements for aim in aims))

    @property
    def otj_percent(self) -> float | None:
        """Hours done of hours planned, as for those who have started since August 2022."""
        return percent(self.otj_actual, self.otj_planned) if self.otj_actual and self.otj_planned else None


class Learner(User):
    """Only for the desk: the API knows one kind of user."""

    class Meta:
        proxy = True
        ordering = ["last_name", "first_name"]


class Staff(User):
    class Meta:
        proxy = True
        ordering = ["last_name", "first_name"]
        verbose_name = "member of staff"
        verbose_name_plural = "staff, employers and observers"


def percent(done: float, total: float) -> float:
    return round(100 * done / total, 2) if total else 0.0


class Assignment(models.Model):
    """An officer put to a learner, a unit or a standard of a learner."""

    assignee = models.ForeignKey(User, on_delete=models.CASCADE, related_name="assignments_given")
    learner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="assignments")
    level = models.IntegerField(default=1)
    standard_id = models.IntegerField(null=True, blank=True)
    unit_id = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.assignee} for {self.learner}"


class PlacementGrant(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    placement = models.ForeignKey(Placement, on_delete=models.CASCADE)
    grant_access = models.BooleanField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.user} at {self.placement}"
