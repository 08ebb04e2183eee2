"""Standards, a learner's aims on them, reviews and visits."""

from django.db import models
from django.utils import timezone

from onefile_sandbox.models.centre import Organisation
from onefile_sandbox.models.people import User, percent


class Standard(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, verbose_name="centre")
    title = models.CharField(max_length=300, help_text="The aim code stands in [square brackets] at the end.")
    elements = models.PositiveIntegerField(
        default=0, help_text="Criteria that a new aim on this standard starts with; 0 means none."
    )

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class LearningAim(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="aims", verbose_name="learner")
    standard = models.ForeignKey(Standard, on_delete=models.CASCADE)
    status = models.IntegerField(default=0)
    start_date = models.DateTimeField(null=True, blank=True)
    planned_end = models.DateTimeField(null=True, blank=True)
    achieved_date = models.DateTimeField(null=True, blank=True)
    registration_number = models.CharField(max_length=100, blank=True)
    registration_date = models.DateTimeField(null=True, blank=True)
    certificate_applied_date = models.DateTimeField(null=True, blank=True)
    certificate_received_date = models.DateTimeField(null=True, blank=True)
    total_elements = models.PositiveIntegerField(default=0)
    elements_completed = models.PositiveIntegerField(default=0)
    progress_override = models.JSONField(
        null=True, blank=True, help_text="Shown as it stands instead of the computed percent, for odd values."
    )

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.standard} of {self.user}"

    @property
    def progress(self) -> object:
        if self.progress_override is not None:
            return self.progress_override
        return percent(self.elements_completed, self.total_elements)

    @progress.setter
    def progress(self, value: object) -> None:
        self.progress_override = value


class Visit(models.Model):
    learner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="visits")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, verbose_name="centre")
    assessor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    date_from = models.DateTimeField()
    date_to = models.DateTimeField()
    visit_type_id = models.IntegerField(
        default=0, choices=[(0, "Not specified"), (1, "Face to face"), (2, "Remote session")]
    )
    sms_reminder = models.BooleanField("SMS reminder", default=False)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"Visit to {self.learner} on {self.date_from:%d %b %Y}"


class Review(models.Model):
    """Its state is in its dates: started, signed by the assessor, the learner, the employer."""

    learner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reviews")
    assessor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    employer = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    visit = models.ForeignKey(Visit, on_delete=models.SET_NULL, null=True, blank=True)
    status = models.IntegerField(default=0, choices=[(0, "None"), (1, "Scheduled")])
    progress = models.FloatField(null=True, blank=True)
    created_on = models.DateTimeField(default=timezone.now)
    scheduled_for = models.DateTimeField(null=True, blank=True)
    started_on = models.DateTimeField(null=True, blank=True)
    end_time = models.DateTimeField(null=True, blank=True)
    assessor_signed_on = models.DateTimeField(null=True, blank=True)
    learner_signed_on = models.DateTimeField(null=True, blank=True)
    employer_signed_on = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"Review of {self.learner}"
