"""The ten things, each asked and judged: what answers hold stays here, counts and names of members go out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from onefile_integration.api.looks import Look
from onefile_integration.api.names import GUESSED, NAMES, Role
from onefile_integration.api.records import LearningAim
from onefile_integration.exchange.first_day.asking import MOST_RECORDS, PAGE, Asker, ids, instant, number_of
from onefile_integration.exchange.first_day.findings import Finding

REFUSED = 400
SMALL_PAGE = 50
NO_LEARNERS = "No centre that was asked about lists a learner."
MOST_LISTED = 60
JUST_NOW = timedelta(hours=1)
ELEMENTS = ("total_elements", "elements_completed")
SIGNED = ("assessor_signed_on", "learner_signed_on", "employer_signed_on")


def session(asker: Asker, finding: Finding) -> None:
    asker.note("POST Authentication")
    seen = asker.client.look_at_sign_in()
    finding.seen.append(f"{'Quoted' if seen.quoted else 'Plain'} text, {seen.content_type or 'of no named type'}.")
    finding.side("session_reply", "json" if seen.quoted else "plain")


def pages(asker: Asker, finding: Finding) -> None:
    if asker.centre is None or not asker.learners[asker.centre].rows:
        return _unseen(finding, NO_LEARNERS, "Add a test learner in OneFile and ask again.")
    plain = asker.learners[asker.centre]
    finding.seen.append(f"A plain search: {_outcome(plain)}; {_members(plain)}")
    page, size = _learners(asker, 1, PAGE), PAGE
    _page_size(finding, page, len(plain.rows))
    if page.status == REFUSED:
        page, size = _learners(asker, 1, SMALL_PAGE), SMALL_PAGE
    finding.seen.append(f"A page of {size}: {_outcome(page)}; {_members(page)}")
    if page.rows:
        whole = asker.get("User", ids(plain)[0])
        full = set(_lower(whole)) <= set(_lower(page))
        finding.seen.append(f"A user by id: {_members(whole)}")
        finding.side("paged_rows", "full" if full else "short")
    beyond = _learners(asker, len(plain.rows) + 2, size)
    finding.seen.append(f"A page beyond the end: {_outcome(beyond)}.")
    if beyond.status in (200, 204) and not beyond.rows:
        finding.side("page_beyond_end", "204" if beyond.status == 204 else "list")
    return None


def _learners(asker: Asker, number: int, size: int) -> Look:
    return asker.find("User", number, size, role=Role.LEARNER, organisation_id=asker.centre)


def _page_size(finding: Finding, page: Look, there: int) -> None:
    if page.status == REFUSED:
        finding.seen.append(f"A page of {PAGE}: {_outcome(page)}.")
        finding.side("page_size_over", "refused")
    elif 0 < len(page.rows) < min(there, PAGE):
        finding.seen.append(f"The largest page is {len(page.rows)}.")
        finding.side("page_size_over", "clamped")
    else:
        finding.seen.append(f"A page holds {len(page.rows)} at least.")
        finding.how_to_look = "What is done with too large a page shows only where more learners are than a page holds."


def aim_rows(asker: Asker, finding: Finding) -> None:
    rows = next((look for look in asker.aims if look.rows), None)
    if rows is None:
        return _unseen(finding, f"None of {len(asker.aims)} learners has an aim.", "Assign a standard to a learner.")
    finding.seen.append(f"Of a learner: {_outcome(rows)}; {_members(rows)}")
    whole = asker.get("LearningAim", ids(rows)[0])
    finding.side("aim_rows", "full" if set(_lower(whole)) <= set(_lower(rows)) else "short")
    of_centre = asker.find("LearningAim", 1, 100, organisation_id=asker.centre)
    finding.seen.append(f"Of a centre: {_outcome(of_centre)}.")
    if of_centre.rows or of_centre.status in (REFUSED, 404):
        finding.side("aim_search_scope", "organisation" if of_centre.rows else "user")
    return None


def aim_members(asker: Asker, finding: Finding) -> None:
    numbers = [number for look in asker.aims for number in ids(look)][:MOST_RECORDS]
    if not numbers:
        return _unseen(finding, "No learner with an aim was found.", "Assign a standard to a test learner.")
    read = [asker.get("LearningAim", number) for number in numbers]
    names = list(dict.fromkeys(name for look in read for name in look.members))
    finding.seen.append(f"In {len(read)}: {_listed(names)}.")
    ours = {NAMES[name].lower() for name in LearningAim.model_fields if name in NAMES}
    others = [name for name in names if name.lower() not in ours]
    finding.seen.append(f"Not used here: {_listed(others)}." if others else "All of them are used here.")
    told = {name.lower() for name in names}
    elements = all(NAMES[name].lower() in told for name in ELEMENTS)
    finding.side("aim_progress", "elements" if elements else "percent_only")
    absent = [name for name in LearningAim.model_fields if name in NAMES and NAMES[name].lower() not in told]
    if absent:
        listed = _listed([NAMES[name] for name in absent])
        finding.seen.append(f"Looked for and not there, though perhaps only blank: {listed}.")
    if guessed := [GUESSED[name] for name in absent if name in GUESSED]:
        finding.how_to_look = (
            f"Fill all of an aim in OneFile and ask again. If {_listed(guessed)} then shows by another name, put that"
            " name into api/names.py."
        )
    return None


def last_modified(asker: Asker, finding: Finding) -> None:
    """A signature later than it says that reviews do not move it; the reverse shows nothing."""
    if asker.given.worked_on is not None:
        return _worked_on(asker, finding, asker.given.worked_on)
    now = timezone.now()
    seen = later = 0
    for learner, signed in list(_signatures(asker, now).items())[:3]:
        moved = instant(asker.get("User", learner).record, "last_modified")
        seen += moved is not None
        later += moved is not None and signed > moved + JUST_NOW
    finding.seen.append(f"{seen} learners with a signed review tell it; in {later} the signature is later.")
    if later:
        finding.side("last_modified_moves", "own_fields")
        return None
    return _unseen(
        finding,
        "Reading alone cannot tell.",
        "Let an assessor tick an element of a test learner whom nobody has touched for two hours, wait ten minutes, and"
        " ask with --worked-on and the learner's OneFile ID.",
    )


def _signatures(asker: Asker, now: Any) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for look in asker.reviews:
        signed = [at for name in SIGNED if (at := instant(look.record, name)) and at <= now]
        learner = number_of(look.record, "learner_id")
        if signed and learner:
            found[learner] = max([*signed, found.get(learner, signed[0])])
    return found


def _worked_on(asker: Asker, finding: Finding, number: int) -> None:
    look = asker.get("User", number)
    moved = instant(look.record, "last_modified")
    if moved is None:
        return _unseen(finding, f"{_outcome(look)}, without a LastModified.", "Ask with the id of another learner.")
    recent = moved >= timezone.now() - JUST_NOW
    finding.seen.append(f"LastModified is {'of the last hour' if recent else 'older than an hour'}.")
    finding.side("last_modified_moves", "progress" if recent else "own_fields")
    return None


def review_rows(asker: Asker, finding: Finding) -> None:
    page = asker.review_page
    if page is None or not page.rows:
        outcome = _outcome(page) if page else "not asked"
        return _unseen(finding, f"A page of 100: {outcome}.", "Schedule a review for a test learner.")
    finding.seen.append(f"A page of 100: {_outcome(page)}; {_members(page)}")
    told = set(_lower(page))
    whole = {name for look in asker.reviews for name in _lower(look)}
    if whole and whole <= told:
        finding.side("review_rows", "full")
    else:
        finding.side("review_rows", "more" if NAMES["learner_id"].lower() in told else "short")
    return None


def limit(asker: Asker, finding: Finding) -> None:
    """Nobody goes above the limit to see it: that would stop everybody for a minute."""
    look = asker.learners[asker.centre] if asker.centre is not None else None
    headers = look.answer.limit_headers if look else ()
    finding.seen.append(f"Headers of a limit in an ordinary answer: {_listed(headers) or 'none'}.")
    finding.how_to_look = (
        "The log has a line onefile_busy for each 429, with its Retry-After and the pause that was made. Without"
        " Retry-After everybody waits one window, else as long as it says, ten minutes at most."
    )


def archived(asker: Asker, finding: Finding) -> None:
    number = asker.given.archived
    if number is None:
        return _unseen(
            finding,
            "Not without a user who is known to be archived.",
            "Archive a test learner in OneFile, and ask with --archived and the learner's OneFile ID.",
        )
    by_id = asker.get("User", number)
    finding.seen.append(f"By id: {_outcome(by_id)}.")
    if by_id.status in (200, 404):
        finding.side("archived_get", "shown" if by_id.record else "missing")
    centre = number_of(by_id.record, "organisation_id")
    lists = asker.learners
    if centre and centre not in lists:
        lists = {centre: asker.find("User", role=Role.LEARNER, organisation_id=centre)}
    listed = any(number in ids(look) for look in lists.values())
    finding.seen.append("Listed by a search of learners." if listed else "Not listed by a search of learners.")
    finding.side("archived_in_search", "yes" if listed else "no")
    return None


def statuses(asker: Asker, finding: Finding) -> None:
    if asker.centre is None:
        return _unseen(finding, NO_LEARNERS, "")
    for name in ("LearnerStatuses", "LearningAimStatuses"):
        look = asker.get("Organisation", asker.centre, name)
        objects = bool(look.rows) and all(isinstance(row, dict) for row in look.rows)
        finding.seen.append(f"{name}: {_outcome(look)}{'; ' + _members(look) if objects else '.'}")
        if look.rows:
            finding.side("status_lists", "objects" if objects else "names")
    if not finding.sides:
        finding.how_to_look = "Give the centre a learner status in OneFile and ask again."
    return None


def visits(asker: Asker, finding: Finding) -> None:
    told = [number_of(look.record, "visit_id") is not None for look in asker.reviews]
    finding.seen.append(f"{sum(told)} of {len(told)} reviews name a visit.")
    if told:
        finding.side("drop_members", "none" if any(told) else "VisitID")
    finding.how_to_look = (
        "A visit cannot be read: book one of each type from here for a test learner and look in OneFile's calendar."
        " That a review tells the very visit that was sent is seen by tests/contract with ONEFILE_CONTRACT_WRITES=yes."
    )


# ---- words for an answer


def _unseen(finding: Finding, seen: str, how: str) -> None:
    finding.seen.append(seen)
    finding.how_to_look = how


def _outcome(look: Look) -> str:
    if look.status == 200 and isinstance(look.data, list):
        return f"rows: {len(look.rows)}" if look.rows else "an empty list"
    if look.status == 200 and look.record:
        return "a record"
    page = ", a web page" if look.answer.is_web_page else ""
    return f"status {look.status}{page or ('' if look.answer.body.strip() else ', no body')}"


def _members(look: Look) -> str:
    return f"members: {len(look.members)}, {_listed(look.members)}." if look.members else "no members."


def _listed(names: list[str] | tuple[str, ...]) -> str:
    shown = ", ".join(names[:MOST_LISTED])
    return f"{shown} and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else shown


def _lower(look: Look) -> list[str]:
    return [name.lower() for name in look.members]
