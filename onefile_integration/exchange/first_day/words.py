"""The ten things, why they matter, and what the product does on either side; docs/onefile.md says the same."""

from __future__ import annotations

from dataclasses import dataclass

NOTHING_SEEN = "Nothing."


@dataclass(frozen=True)
class Thing:
    subject: str
    why: str


THINGS = (
    Thing("The form of the session", "Every call carries it; one quote too many, and nothing is answered."),
    Thing("Rows and size of a page of users", "Full rows would save a call for each record."),
    Thing("Rows of the learning aim search, and whether it takes a centre", "One list could stand for a search each."),
    Thing("All members of a learning aim", "The names of elements and of the certificate's receipt are guessed."),
    Thing("Whether LastModified moves when progress does", "Only then could unchanged learners be left out."),
    Thing("Rows of the review search", "What a row tells need not be read by its id."),
    Thing("Headers of a 429", "They may say how long to wait."),
    Thing("Whether archived users are found", "By it who was archived is told from who is gone."),
    Thing("The shape of the status lists", "Centres define their own; nothing is decided by their numbers."),
    Thing("Numbers of visit types, and the visit of a review", "A lost review is recognised by its visit."),
)

BY_ID = "Each record that matters is read by its id."
PERHAPS = "A row may stand for a record where those that are read by id as well are equal to it."
NO_MORE = "It is taken for the end of the list."
NO_STATUS = "Nothing depends on it: no status is read or set by its number."

FOLLOWS: dict[tuple[str, str], str] = {
    ("session_reply", "plain"): "The session is taken as it stands.",
    ("session_reply", "json"): "The quotes around it are taken away; nothing is to be done.",
    ("paged_rows", "short"): BY_ID,
    ("paged_rows", "full"): PERHAPS,
    ("page_size_over", "clamped"): "Pages are asked for until one is empty, however long they are.",
    ("page_size_over", "refused"): "Smaller pages are asked for.",
    ("page_beyond_end", "204"): NO_MORE,
    ("page_beyond_end", "list"): NO_MORE,
    ("aim_rows", "short"): BY_ID,
    ("aim_rows", "full"): PERHAPS,
    ("aim_search_scope", "user"): "Aims are looked for learner by learner.",
    ("aim_search_scope", "organisation"): "A list of the centre can stand for a search for each learner.",
    ("aim_progress", "elements"): "Elements done and in total come as OneFile counts them.",
    ("aim_progress", "percent_only"): "The percentage is used: 100 elements, of which so many are done.",
    ("last_modified_moves", "own_fields"): "Aims and reviews are read whatever LastModified says.",
    ("last_modified_moves", "progress"): "Nothing changes: aims and reviews are read whatever LastModified says.",
    ("review_rows", "short"): BY_ID,
    ("review_rows", "more"): "A review of another learner is left out unread; the others are read by their id.",
    ("review_rows", "full"): PERHAPS,
    ("archived_in_search", "no"): "A linked learner who is not listed is left alone and told as archived.",
    ("archived_in_search", "yes"): "An archived learner is exchanged as any other; what OneFile refuses is told.",
    ("archived_get", "shown"): "Who was archived is told from who is gone, and can be restored.",
    ("archived_get", "missing"): "Who was archived looks like gone: told as not known, and kept here.",
    ("status_lists", "objects"): NO_STATUS,
    ("status_lists", "names"): NO_STATUS,
    ("drop_members", "none"): "A review whose reply was lost is recognised by the visit that it names.",
    ("drop_members", "VisitID"): "A review whose reply was lost is asked about, where another stands on its day.",
}
