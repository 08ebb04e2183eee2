"""The neutral picture of a learner that our database and OneFile's answers both fill, normalised once.

Dates are London dates, text is trimmed, emails are in lower case, blank is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from onefile_integration.rules.held_fields import Held


@dataclass(frozen=True)
class Person:
    """A learner's own details. ``lldd`` is the flag; ``lldd_primary`` and ``lldd_others`` are ILR categories."""

    first_name: str | None = None
    surname: str | None = None
    email: str | None = None
    telephone: str | None = None
    mobile: str | None = None
    date_of_birth: date | None = None
    uln: str | None = None
    nino: str | None = None
    start: date | None = None
    planned_end: date | None = None
    ethnicity: str | None = None
    sex: str | None = None
    lldd: str | None = None
    lldd_primary: str | None = None
    lldd_others: tuple[str, ...] = ()
    mis_value: str | None = None
    address: tuple[str, ...] = ()  # its lines, the postcode last


@dataclass(frozen=True)
class Firm:
    """An organisation's own details."""

    name: str | None = None
    mis_value: str | None = None
    address: tuple[str, ...] = ()  # its lines, the postcode last
    telephone: str | None = None
    email: str | None = None
    website: str | None = None
    contact: str | None = None


@dataclass(frozen=True)
class InCentre:
    """What one centre of OneFile's holds of an officer or organisation; ``agreed`` is its link's."""

    centre: int
    where: str
    values: Person | Firm
    agreed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PartnerSides:
    """An officer or organisation here, with what the centres hold that could be read; the others are said."""

    kind: str  # officer, organisation
    pk: int
    ident: str
    values: Person | Firm
    there: tuple[InCentre, ...]
    mode: str
    answers: Mapping[str, str] = field(default_factory=dict)  # "<question kind> <about>" -> answer
    missing: tuple[str, ...] = ()
    archived: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    held: tuple[Held, ...] = ()  # fields that are not exchanged

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.pk}"


@dataclass(frozen=True)
class Candidate:
    """A record in the centre that could be one of ours. ``holder``: another record here that is linked with it.
    ``email`` and ``address`` are known of those that were read."""

    onefile_id: int
    name: str = ""
    holder: str = ""
    email: str = ""
    address: tuple[str, ...] = ()


@dataclass(frozen=True)
class Officer:
    """``onefile_id`` is its live link in the centre; ``found`` are assessors there whose MIS Value is its Ident,
    ``same_name`` those without any MIS Value who have exactly its name.
    """

    pk: int
    ident: str
    first_name: str
    surname: str
    email: str | None
    is_live: bool
    onefile_id: int | None = None
    found: tuple[Candidate, ...] = ()
    same_name: tuple[Candidate, ...] = ()

    @property
    def key(self) -> str:
        return f"officer:{self.pk}"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.surname}".strip()


@dataclass(frozen=True)
class Employer:
    """``found`` and ``same_name`` as of an officer, of placements."""

    pk: int
    ident: str
    name: str | None
    address: tuple[str, ...] = field(default=(), kw_only=True)
    onefile_id: int | None = None
    found: tuple[Candidate, ...] = ()
    same_name: tuple[Candidate, ...] = ()

    @property
    def key(self) -> str:
        return f"organisation:{self.pk}"


@dataclass(frozen=True)
class Standard:
    """A standard of OneFile's in one centre; ``code`` is upper case, from the last brackets of its title.

    ``is_missing``: OneFile's list showed it lately, and does not any more.
    """

    onefile_id: int
    centre: int
    code: str
    title: str
    centre_name: str = ""
    is_missing: bool = False

    @property
    def where(self) -> str:
        return self.centre_name or f"OneFile's centre {self.centre}"


@dataclass(frozen=True)
class Aim:
    """A line here, or a learning aim there. None = nothing usable is known."""

    start: date | None = None
    planned_end: date | None = None
    total_elements: int | None = None
    elements_done: int | None = None
    percent: float | None = None
    registration_number: str | None = None
    registration_date: date | None = None
    certificate_applied: date | None = None
    certificate_received: date | None = None


@dataclass(frozen=True)
class Line:
    """A line of the delivery plan, with what is known of it in OneFile."""

    pk: int
    vq_reference: str
    title: str
    values: Aim
    assessor: Officer | None = None
    has_units: bool = False
    aim_id: int | None = None
    standard_id: int | None = None
    upload_due: bool = False

    @property
    def key(self) -> str:
        return f"line:{self.pk}"


@dataclass(frozen=True)
class RemoteAim:
    onefile_id: int
    standard_id: int
    values: Aim
    complaint: str = ""  # why its progress cannot be used, in words for people


@dataclass(frozen=True)
class Review:
    """What both sides know of a review. Times are London times."""

    scheduled_date: date | None = None
    start_time: time | None = None
    attended: str = "Unknown"
    actual_date: date | None = None
    officer: str | None = None  # key of an officer of ours
    trainee_signed: date | None = None
    officer_signed: date | None = None
    employer_signed: date | None = None


@dataclass(frozen=True)
class OwnReview:
    """``exchanged`` is True where OneFile holds, or held, it under any link of ours: it is never sent again."""

    pk: int
    type: str
    values: Review
    officer: Officer | None = None
    onefile_id: int | None = None
    visit_id: int | None = None
    exchanged: bool = False

    @property
    def key(self) -> str:
        return f"review:{self.pk}"


@dataclass(frozen=True)
class RemoteReview:
    """``complete`` only for a GET of that very review, parsed whole: else an absent date means nothing."""

    onefile_id: int
    values: Review
    complete: bool
    visit_id: int | None = None


@dataclass(frozen=True)
class Here:
    """One learner in the MIS, and who and what around it would have to exist in OneFile."""

    pk: int
    ident: str
    person: Person
    system_status: str
    programme_status: str
    actual_end: date | None
    held_reason: str = ""
    onefile_id: int | None = None
    is_verified: bool = False
    upload_due: bool = False
    main_officer: Officer | None = None
    additional_assessors: tuple[Officer, ...] = ()
    employer: Employer | None = None
    main_tag: str | None = None
    lines: tuple[Line, ...] = ()
    earlier_aims: frozenset[int] = frozenset()  # OneFile ids of aims of lines begun anew since, or deleted here
    reviews: tuple[OwnReview, ...] = ()
    removed_reviews: frozenset[int] = frozenset()  # OneFile ids of reviews deleted here
    assigned: frozenset[tuple[int, int | None]] = frozenset()  # (officer pk, standard id) known to be assigned
    # main_officer, employer: the key that both sides last had; besides what OneFile shows otherwise than it was sent
    agreed: Mapping[str, str] = field(default_factory=dict)
    held: tuple[Held, ...] = ()  # fields of the learner, the lines and reviews that are not exchanged

    @property
    def key(self) -> str:
        return f"learner:{self.pk}"


@dataclass(frozen=True)
class There:
    """The same learner in OneFile; before it is created only ``classrooms`` says anything."""

    onefile_id: int | None = None
    person: Person | None = None  # read only where somebody must compare
    is_archived: bool = False  # probably; said only where it is to be restored
    aims: tuple[RemoteAim, ...] = ()
    reviews: tuple[RemoteReview, ...] = ()
    main_officer: int | None = None  # OneFile's ids, read only where they are compared
    employer: int | None = None
    missing: tuple[str, ...] = ()  # known records that OneFile no longer has, in words
    classrooms: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Choices:
    """What a person chose, and the settings that the rules need."""

    today: date
    environment: str
    centre: int
    learner_mode: str = "none"
    push_main_officer: bool = False
    push_employer: bool = False
    standards: tuple[Standard, ...] = ()
    classroom: int | None = None
    pathways: dict[str, int] = field(default_factory=dict)  # VQ Reference -> standard id
    answers: dict[str, str] = field(default_factory=dict)  # "<question kind> <about>" -> answer
    open_questions: frozenset[str] = frozenset()  # "<kind> <about>", not answered yet
    upload_reviews: bool = False
    upload_reviews_from: date | None = None
    download_reviews: bool = False
    visit_type: str = "not_specified"
    send_officer_email: bool = False
    classroom_from_main_tag: bool = False
    default_classroom: str = ""
    months_after_end: int = 1
    restore: str = ""  # "asked": an archived account is to be restored first; "done"
