"""Accounts that OneFile holds and that may be this learner's: what is equal, and the ways on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from learners.models import Learner
from onefile_integration.exchange.enrolment import Preview
from onefile_integration.presenters.addresses import learner_page
from onefile_integration.presenters.comparison import Side, comparison
from onefile_integration.presenters.words import label_of, value_words, when
from onefile_integration.rules.duplicates import EARLIER, EPISODE, Aside, Decided, Duplicate, Tie
from onefile_integration.rules.sides import Person
from picsweb.display import Grid, Link

COMPARED = ("first_name", "surname", "email", "date_of_birth", "uln", "mis_value")


@dataclass(frozen=True)
class Button:
    """``value``: what is answered, and about which account. ``about`` is for screen readers."""

    value: str
    label: str
    about: str


@dataclass(frozen=True)
class Card:
    """One account. ``says`` are sentences; ``way`` leads to the window where it is linked, or moved."""

    title: str
    says: list[str]
    sides: Grid
    way: Link | None
    buttons: list[Button]


@dataclass(frozen=True)
class Said:
    """An answer of earlier, and the button that takes it back."""

    text: str
    again: Button


@dataclass(frozen=True)
class Found:
    """``centres``: OneFile's names of them by id."""

    learner: Learner
    shown: Preview
    centres: Mapping[int, str]
    of_list: int | None = None

    @property
    def cards(self) -> list[Card]:
        return [self._card(each) for each in self.shown.duplicates]

    @property
    def decided(self) -> list[Said]:
        return [self._said(duplicate, decided) for duplicate, decided in self.shown.set_aside]

    def _card(self, each: Duplicate) -> Card:
        where = self.centres.get(each.centre or 0, "")
        return Card(
            title=f"OneFile learner {each.onefile_id}{f' in {where}' if where else ''}",
            says=list(says(each)),
            sides=comparison(f"Compared with {each.onefile_id}", _people(self.shown.here.person, each.person)),
            way=self._way(each),
            buttons=[_button(each, aside) for aside in each.asides],
        )

    def _way(self, each: Duplicate) -> Link | None:
        if each.holder and not each.may_move:
            return None
        text = "Move the link to this episode" if each.may_move else "Link instead"
        given = {"onefile_id": each.onefile_id} | ({"list": self.of_list} if self.of_list else {})
        address = f"{learner_page('set-id', self.learner)}?{urlencode(given)}"
        return Link(text, address, window=True, about=f"with OneFile's {each.onefile_id}")

    def _said(self, each: Duplicate, decided: Decided) -> Said:
        words = {
            Aside.ANOTHER_PERSON: "is another person",
            Aside.NEW_EPISODE: "stays as it is, and this episode gets a portfolio of its own",
        }
        name = f"{each.person.first_name or ''} {each.person.surname or ''}".strip()
        said = f"OneFile learner {each.onefile_id} {name} {words[decided.aside]}"
        text = f"{said}: said by {decided.by}, {when(decided.at)}."
        return Said(text, Button(str(each.onefile_id), "Ask again", f"about OneFile learner {each.onefile_id}"))


def duplicate_message(each: Duplicate) -> str:
    """For those who see no window."""
    return f"OneFile's learner {each.onefile_id} may be this person. {' '.join(says(each))}"


def says(each: Duplicate) -> Iterable[str]:
    """Why it may be this person, in sentences."""
    equal = [reason for reason in each.reasons if reason not in (EARLIER, EPISODE)]
    if equal:
        yield f"It has the same {' and '.join(equal)}."
    if each.tie:
        yield _tied(each.tie)
    if not each.is_listed:
        yield "OneFile's own search does not list it: it is probably archived there."


def _tied(tie: Tie) -> str:
    if tie.is_own:
        return "It was linked with this learner earlier."
    whom = f"{tie.ident} {tie.name}"
    which = ", another episode of this person" if tie.is_same_person else ", another learner here"
    return f"It is linked with {whom}{which}." if tie.is_live else f"It was linked earlier with {whom}{which}."


def _button(each: Duplicate, aside: Aside) -> Button:
    labels = {
        Aside.ANOTHER_PERSON: "Another person: create",
        Aside.NEW_EPISODE: "Create a new portfolio for this episode",
    }
    return Button(f"{aside}:{each.onefile_id}", labels[aside], f"OneFile learner {each.onefile_id} stays as it is")


def _people(ours: Person, theirs: Person) -> Iterable[Side]:
    for name in COMPARED:
        yield Side(
            label_of("learner", name), value_words(name, getattr(ours, name)), value_words(name, getattr(theirs, name))
        )
