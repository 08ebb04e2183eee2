"""Enrol many: the rows of a list, and what stands above them. Nothing here asks the database."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.urls import reverse

from learners.presenters.records import delivery_plan
from onefile_integration.exchange.batches import DIGEST_SHOWN
from onefile_integration.models import ExchangePlan, Run
from onefile_integration.presenters.addresses import progress_address
from onefile_integration.presenters.qualifications import DropDown, Option
from onefile_integration.rules.duplicates import reasons_in_words
from onefile_integration.words import RowOutcome
from picsweb.display import Badge, Bar, Kind, Link

KINDS: dict[str, Kind] = {
    RowOutcome.READY: "good",
    RowOutcome.CHOICE_NEEDED: "warning",
    RowOutcome.DUPLICATE: "warning",
    RowOutcome.QUESTION: "warning",
    RowOutcome.BLOCKED: "bad",
    RowOutcome.FAILED: "bad",
    "waiting": "neutral",
    RowOutcome.ALREADY_LINKED: "neutral",
    RowOutcome.BUSY: "neutral",
    "sent": "info",
}
LABELS = {**{word.value: str(word.label) for word in RowOutcome}, "waiting": "Not looked at yet", "sent": "Begun"}
STANDINGS = {str(word): Badge(LABELS[word], kind) for word, kind in KINDS.items()}
TO_BE_DONE = (
    RowOutcome.CHOICE_NEEDED,
    RowOutcome.DUPLICATE,
    RowOutcome.QUESTION,
    RowOutcome.BLOCKED,
    RowOutcome.FAILED,
)


IN_ORDER = (
    *TO_BE_DONE,
    RowOutcome.READY,
    *(word for word in KINDS if word not in TO_BE_DONE and word != RowOutcome.READY),
)  # what wants somebody first
FOR_ALL = "all-"  # how the names of these fields begin


@dataclass(frozen=True)
class Said:
    """A line in a row, and where it is put right."""

    text: str
    link: Link | None = None


@dataclass(frozen=True)
class Row:
    key: int
    ident: str
    name: str
    href: str
    badge: Badge
    said: list[Said] = field(default_factory=list)
    choices: list[DropDown] = field(default_factory=list)
    classroom: str = ""
    sent: str = ""
    link: Link | None = None
    tick: str = ""  # what a ticked box sends; blank where nothing can be done with the row

    @property
    def id(self) -> str:
        return f"row-{self.key}"


def many_address(run: Run) -> str:
    return reverse("onefile:many", args=[run.pk])


def shown_row(plan: Any, centres: Mapping[int, str]) -> Row:
    """``plan`` with its ``standing``."""
    learner, found = plan.learner, plan.found
    is_over = plan.standing in ("sent", "waiting")
    is_looked_at = not is_over and plan.standing not in (RowOutcome.ALREADY_LINKED, RowOutcome.BUSY)
    return Row(
        key=plan.pk,
        ident=learner.ident,
        name=str(learner),
        href=delivery_plan(learner),
        badge=STANDINGS[plan.standing],
        said=[*_said(plan, centres)] if not is_over else [],
        choices=_choices(plan) if is_looked_at else [],
        classroom=found.get("classroom", ""),
        sent=_sent(found) if plan.standing == RowOutcome.READY else "",
        link=_link(plan, is_looked_at),
        tick="" if plan.standing == "sent" else f"{plan.pk}:{plan.digest[:DIGEST_SHOWN]}",
    )


def _link(plan: Any, is_looked_at: bool) -> Link | None:
    learner = plan.learner
    if plan.standing == "sent":
        return Link("Show progress", progress_address(plan.job.run_id, learner.ident), window=True, about=str(learner))
    if not is_looked_at:
        return None
    return Link("Look at it", _window(plan), window=True, about=f"{learner}, {learner.ident}")


def _window(plan: Any) -> str:
    return reverse("onefile:many-look", args=[plan.run_id, plan.learner.ident])


def _said(plan: Any, centres: Mapping[int, str]) -> Iterable[Said]:
    found = plan.found
    if plan.standing == RowOutcome.FAILED:
        yield Said(plan.failure_message)
    if plan.standing in (RowOutcome.ALREADY_LINKED, RowOutcome.BUSY):
        yield Said("Left out.")
        return
    for problem in found.get("problems", ()):
        if problem["code"] not in ("pathway_needed", "centre_needed"):  # its drop-down says it
            yield Said(problem["message"], _cure(problem, plan))
    for each in found.get("duplicates", ()):
        centre = centres.get(each["centre"], "")
        where = f" in {centre}" if centre else ""
        held = f", linked with {each['holder']} here" if each.get("holder") else ""
        yield Said(f"OneFile learner {each['onefile_id']}{where}{held}: {reasons_in_words(each['reasons'])}.")
    yield from (Said(text) for text in found.get("questions", ()))
    for reference, centres_with_it in found.get("elsewhere", ()):
        places = " and ".join(centres_with_it)
        yield Said(f"{reference} is in {places}, not in the learner's centre: OneFile may refuse it.")
    for ident in found.get("alike", ()):
        yield Said(f"May be the same person as {ident} in this list: whoever comes second is not created.")
    yield from (Said(text) for text in found.get("notes", ()))


def _cure(problem: Mapping[str, str], plan: Any) -> Link:
    learner, found, about = plan.learner, plan.found, str(plan.learner)
    match problem["about"]:
        case "placements":
            return Link("Placements", delivery_plan(learner, "placements"), about=f"of {about}")
        case "organisation":
            address = reverse("learners:organisation-edit", args=[found["organisation"]])
            return Link("Edit the organisation", address, about=found["organisation"])
        case "officer":
            return Link("The officer", reverse("learners:officer", args=[found["officer"]]), about=found["officer"])
        case "settings":
            return Link("Choose a classroom", _window(plan), window=True, about=f"for {about}")
    if problem["code"] in ("on_break", "ended"):
        return Link("Delivery Plan", delivery_plan(learner), about=f"of {about}")
    return Link("Edit the learner", reverse("learners:learner-edit", args=[learner.ident]), about=about)


def _choices(plan: Any) -> list[DropDown]:
    return [
        _drop_down(choice, f"pathway-{choice['line']}") for choice in plan.found.get("choices", ()) if choice["is_open"]
    ]


def _drop_down(choice: Mapping[str, Any], name: str, more: str = "") -> DropDown:
    options = [
        Option(
            str(number),
            f"{title} (chosen last time)" if number == choice["last"] else title,
            number == choice["chosen"],
        )
        for number, title in sorted(choice["options"], key=lambda each: each[0] != choice["last"])
    ]
    label = "Centre and pathway" if choice["in_several_centres"] else "Pathway"
    return DropDown(name, f"{label} of {choice['reference']}{more}", options, empty=f"Choose the {label.lower()}")


def choices_for_all(found: Iterable[Iterable[Mapping[str, Any]]]) -> list[DropDown]:
    """One for each qualification that several of the list must choose for. ``found``: the choices of each row."""
    open_ones = [choice for choices in found for choice in choices or () if choice["chosen"] is None]
    counted = Counter(choice["reference"] for choice in open_ones)
    first = {choice["reference"]: choice for choice in reversed(open_ones)}
    return [
        _drop_down(first[reference], f"{FOR_ALL}{reference}", f" for all {count} who have none yet")
        for reference, count in sorted(counted.items())
        if count > 1
    ]


def _sent(found: Mapping[str, Any]) -> str:
    parts = [_count(found.get("qualifications", 0), "qualification"), _count(found.get("reviews", 0), "review")]
    return ", ".join(part for part in parts if part) or "No qualification"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}" if number else ""


def created_with_them(founds: Iterable[Mapping[str, Any]]) -> list[str]:
    """Officers and employers that the list would bring into OneFile, each once."""
    titles = dict.fromkeys(title for found in founds for title in found.get("creates", ()))
    return sorted(titles)


# ---- above the rows


@dataclass(frozen=True)
class Counted:
    text: str
    href: str
    current: bool
    id: str


def counts(found: Mapping[str, int], address: str, shown: str, labels: Mapping[str, Badge]) -> list[Counted]:
    """One link for each standing that somebody has, and one for all."""
    words = [("", "All", sum(found.values()))]
    words += [(word, badge.text, found[word]) for word, badge in labels.items() if found.get(word)]
    return [
        Counted(
            f"{text}: {count}", f"{address}?show={word}" if word else address, word == shown, f"count-{word or 'all'}"
        )
        for word, text, count in words
    ]


def looked_bar(found: Mapping[str, int]) -> Bar:
    total = sum(found.values())
    done = total - found.get("waiting", 0)
    return Bar("Learners looked at", done, total, f"{done} of {total} looked at")


def list_words(run: Run, found: Mapping[str, int]) -> str:
    waiting, ready = found.get("waiting", 0), found.get(RowOutcome.READY, 0)
    total = sum(found.values())
    if not total:
        return "The list is empty."
    if waiting:
        return f"{total - waiting} of {total} looked at. You may close this page; it goes on by itself."
    to_do = sum(found.get(word, 0) for word in TO_BE_DONE)
    begun = found.get("sent", 0)
    said = [f"{ready} ready to be created in OneFile." if ready else "Nobody is ready to be created now."]
    said += [f"{to_do} {'needs' if to_do == 1 else 'need'} you first."] if to_do else []
    said += [f"{begun} begun already."] if begun else []
    return " ".join(said)


def create_words(count: int) -> str:
    return f"Create {count} in OneFile"


def wanted(plans: Iterable[ExchangePlan]) -> str:
    """Rows with the digests that were shown, as one field carries them."""
    return " ".join(f"{plan.pk}:{plan.digest[:DIGEST_SHOWN]}" for plan in plans)


def standings(words: Iterable[str]) -> Counter[str]:
    return Counter(words)


def version(row: Any) -> str:
    """Changes when anything of it that is shown does."""
    return hashlib.sha256(json.dumps(asdict(row), default=str).encode()).hexdigest()[:6]
