"""The mails about an incident: plain words, no values of people. One when it begins, one when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from onefile_integration.rules.incidents import Kind

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
MOST_TRIES = 30  # more than a day

TITLES = {
    Kind.FAULT: "OneFile cannot be exchanged with",
    Kind.HELD: "a run is held and waits for an answer",
    Kind.UNREACHABLE: "OneFile is out of reach",
    Kind.DID_NOT_RUN: "the nightly run did not run",
    Kind.NIGHT_FAILED: "the nightly run failed for many",
}
NOTHING_LOST = {
    Kind.FAULT: "Nothing was lost. No call is made until it is put right; what was begun is settled afterwards.",
    Kind.HELD: "Nothing was changed, here or in OneFile.",
    Kind.UNREACHABLE: "Nothing was lost. What was done is kept, and the run goes on by itself once OneFile answers.",
    Kind.DID_NOT_RUN: "Nothing was lost. The next run brings over what this one would have.",
    Kind.NIGHT_FAILED: "Nothing was lost: what failed was left as it was, here and in OneFile.",
}
TO_DO = {
    Kind.FAULT: "Put it right in the OneFile settings, then press Connection Test. A stopped run goes on by itself.",
    Kind.HELD: "Look at the run: it lists what it would change. Then press Go on or Discard.",
    Kind.UNREACHABLE: "Ask OneFile's support whether the service is down. There is nothing to do here.",
    Kind.DID_NOT_RUN: "Ask whoever runs the system to look at beat and the night's workers, or press Synchronise now.",
    Kind.NIGHT_FAILED: "Look at the failures of the run: each says what to do. Then press Try all failed again.",
}


@dataclass(frozen=True)
class Mail:
    subject: str
    text: str


def begun(kind: Kind, text: str, where: str, when: str, address: str) -> Mail:
    """``where``: the installation and the environment; ``address``: of the page, or the way to it in words."""
    lines = [
        text,
        f"Noticed {when}, {where}.",
        NOTHING_LOST[kind],
        f"What to do: {TO_DO[kind]}",
        f"More: {address}",
        "You get one more mail, when this is over.",
    ]
    return Mail(f"OneFile: {TITLES[kind]}", "\n\n".join(lines) + "\n")


def over(kind: Kind, text: str, where: str, since: str, until: str, address: str) -> Mail:
    lines = [f"This is over: {text}", f"From {since} to {until}, {where}.", f"More: {address}"]
    return Mail(f"OneFile: over: {TITLES[kind]}", "\n\n".join(lines) + "\n")


def trial(where: str, address: str) -> Mail:
    lines = ["This is a test: mails about OneFile arrive here.", f"Sent from {where}.", f"More: {address}"]
    return Mail("OneFile: test mail", "\n\n".join(lines) + "\n")


def wait_before_next(tries: int) -> timedelta | None:
    """After so many tries that failed; None where it is given up."""
    if tries >= MOST_TRIES:
        return None
    return min(FIRST_WAIT * int(2 ** min(tries - 1, 10)), LONGEST_WAIT)
