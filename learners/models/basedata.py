"""What a provider shares between learners: officers, organisations, qualifications, tags."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from simple_history.models import HistoricalRecords

from learners import rules
from learners.values import IDENT_PATTERN
from learners.words import OfficerStatus, OrganisationStatus, QualificationStatus

ident_validator = RegexValidator(IDENT_PATTERN, "An Ident is five letters or digits.")


class Tag(models.Model):
    name = models.CharField(max_length=100)

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="tag_name_unique")]

    def __str__(self) -> str:
        return self.name


class Officer(models.Model):
    ident = models.CharField(max_length=5, unique=True, validators=[ident_validator])
    forenames = models.CharField(max_length=100, blank=True)
    surname = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    telephone = models.CharField(max_length=35, blank=True)
    mobile = models.CharField(max_length=35, blank=True)
    roles = models.JSONField(default=list, blank=True, help_text="Names of officer roles.")
    status = models.CharField(max_length=10, choices=OfficerStatus, default=OfficerStatus.LIVE)
    search_key = models.CharField(max_length=400, editable=False, db_index=True)
    sort_key = models.CharField(max_length=250, editable=False, db_index=True)

    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    class Meta:
        ordering = ["sort_key", "ident"]
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=OfficerStatus.values), name="officer_status_known")
        ]

    def __str__(self) -> str:
        return self.full_name or self.ident

    def clean(self) -> None:
        rules.refuse(rules.officer_faults(self))

    @property
    def full_name(self) -> str:
        return f"{self.forenames} {self.surname}".strip()

    @property
    def is_live(self) -> bool:
        return self.status == OfficerStatus.LIVE


class Organisation(models.Model):
    ident = models.CharField(max_length=5, unique=True, validators=[ident_validator])
    name = models.CharField(max_length=150, blank=True)
    address1 = models.CharField(max_length=100, blank=True)
    address2 = models.CharField(max_length=100, blank=True)
    address3 = models.CharField(max_length=100, blank=True)
    address4 = models.CharField(max_length=100, blank=True)
    address5 = models.CharField(max_length=100, blank=True)
    postcode = models.CharField(max_length=9, blank=True)
    telephone = models.CharField(max_length=35, blank=True)
    email = models.EmailField(blank=True)
    website = models.CharField(max_length=200, blank=True)
    contact = models.CharField(max_length=100, blank=True)
    edrs = models.CharField(
        "EDRS / ERN",
        max_length=9,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{1,9}\Z", "Up to nine digits.")],
    )
    status = models.CharField(max_length=10, choices=OrganisationStatus, default=OrganisationStatus.LIVE)
    search_key = models.CharField(max_length=400, editable=False, db_index=True)
    sort_key = models.CharField(max_length=250, editable=False, db_index=True)

    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    class Meta:
        ordering = ["sort_key", "ident"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=OrganisationStatus.values), name="organisation_status_known"
            )
        ]

    def __str__(self) -> str:
        return self.name or f"{self._number} (no name yet)"

    @property
    def _number(self) -> str:
        return f"EDRS {self.edrs}" if self.edrs else self.ident

    @property
    def address_lines(self) -> list[str]:
        lines = [self.address1, self.address2, self.address3, self.address4, self.address5]
        return [line for line in lines if line]


class Qualification(models.Model):
    vq_reference = models.CharField("VQ Reference", max_length=20, unique=True)
    title = models.CharField(max_length=255)
    level = models.CharField(max_length=10, blank=True)
    awarding_body = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=10, choices=QualificationStatus, default=QualificationStatus.LIVE)

    history = HistoricalRecords()

    class Meta:
        ordering = ["vq_reference"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=QualificationStatus.values), name="qualification_status_known"
            )
        ]

    def __str__(self) -> str:
        return self.title if self.title == self.vq_reference else f"{self.vq_reference} {self.title}"
