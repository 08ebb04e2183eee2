"""What another environment means for the links, questions and runs of the one that is set now."""

from __future__ import annotations

from onefile_integration.models import Centre, Link, Question, Run
from onefile_integration.words import Environment


def told(before: str, after: str) -> list[str]:
    """In sentences for people, before it is switched and afterwards."""
    old, new = str(Environment(before).label), str(Environment(after).label)
    waiting = _counted(Question.objects.open().filter(environment=before).count(), "open question")
    unfinished = _counted(Run.objects.unfinished().filter(environment=before).count(), "unfinished run")
    known = Centre.objects.known(after).exists()
    links = f"{new} has {_links(after)}, used from then on. A learner without one is not exchanged there."
    return [
        f"{old} has {_links(before)}, not used while {new} is set: nothing is sent for them. They are kept, and found "
        "again when it is switched back.",
        f"{waiting} and {unfinished} of {old} wait until it is set again.",
        links if known else f"{links} OneFile's list of centres and qualifications must be fetched there first.",
    ]


def _links(environment: str) -> str:
    return _counted(Link.objects.within(environment).count(), "link")


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
