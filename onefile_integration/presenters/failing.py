"""What failed, in plain words, and the way on. Nothing here asks the database."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from learners.models import Learner
from onefile_integration.models import ExchangePlan, Step
from onefile_integration.presenters.addresses import learner_page, record_page
from onefile_integration.words import FailureKind, PlanState
from picsweb.display import Link

WAYS: dict[str, str] = {
    FailureKind.UNREACHABLE: "OneFile gave no answer, so nothing was changed. Try again; the next night does too.",
    FailureKind.REFUSED: "OneFile does not take what was sent. Put it right first: unchanged, it is refused again.",
    FailureKind.UNKNOWN_OUTCOME: "A reply was lost. It is looked for in OneFile before anything is sent again. "
    "Try again in a few minutes.",
    FailureKind.NOT_FOUND: "OneFile does not know the account any more. It was left as it is here. "
    "Remove the link where the account is gone for good.",
    FailureKind.ARCHIVED: "It is archived in OneFile, so it was left alone. Restore it there, or end it here.",
    FailureKind.BAD_ANSWER: "OneFile sent something that cannot be used, so nothing was changed. Try again; "
    "where it stays so, tell OneFile's support when it was and for which OneFile ID.",
    FailureKind.WRONG_LEARNER: "OneFile answered for somebody else, so nothing was taken over. "
    "Check that the OneFile ID is the right one.",
    FailureKind.BUG: "This is a fault of ours, and nothing else was touched. Give the support this number: {number}.",
}
# Of one that is done but for a part of it.
OF_A_PART: dict[str, str] = {
    FailureKind.NOT_FOUND: "A part of it is not in OneFile any more. It is kept here; the rest was exchanged.",
    FailureKind.ARCHIVED: "A part of it is archived in OneFile and was left alone; the rest was exchanged.",
    FailureKind.BAD_ANSWER: "A part of OneFile's answer cannot be used and was left; the rest was exchanged.",
}
TABS = {"line": "qualifications", "review": "reviews", "placement": "placements", "officer": "officers"}


def kind_of(plan: ExchangePlan) -> str:
    return plan.failure_kind or plan.noted_kind or FailureKind.BUG


def way(plan: ExchangePlan) -> str:
    kind = kind_of(plan)
    if plan.state != PlanState.FAILED:
        return OF_A_PART.get(kind, "A part of it failed; the rest was exchanged.")
    return WAYS[kind].format(number=f"{plan.run_id}-{plan.pk}")


def fixes(plan: ExchangePlan, refused: Sequence[Step], *, is_administrator: bool) -> list[Link]:
    """Where it is put right. ``refused``: the steps that OneFile refused."""
    subject = plan.subject
    match kind_of(plan) if plan.state == PlanState.FAILED else "":
        case FailureKind.REFUSED:
            return _where_refused(plan, refused)
        case FailureKind.NOT_FOUND | FailureKind.WRONG_LEARNER | FailureKind.ARCHIVED:
            if not isinstance(subject, Learner):
                return [Link("Remove or change its link", record_page(subject), about=f"of {subject}")]
            remove = Link("Remove OneFile Link", learner_page("unlink", subject), window=True, danger=True)
            edit = Link("Edit OneFile ID", learner_page("edit-id", subject), window=True)
            return [remove, edit] if is_administrator else [remove]
    return []


def _where_refused(plan: ExchangePlan, refused: Sequence[Step]) -> list[Link]:
    subject = plan.subject
    if not isinstance(subject, Learner):
        address = reverse(f"learners:{subject._meta.model_name}-edit", args=[subject.ident])
        return [Link("Put it right", address, window=True, about=str(subject))]
    tab = next((TABS[kind] for kind in (step.record.split(":")[0] for step in refused) if kind in TABS), "")
    if tab:
        address = reverse("learners:delivery-plan-tab", args=[subject.ident, tab])
        return [Link(f"Put it right under {tab.capitalize()}", address, about=str(subject))]
    return [
        Link("Put it right", reverse("learners:learner-edit", args=[subject.ident]), window=True, about=str(subject))
    ]


def refused_before(steps: Sequence[Step]) -> str:
    """``steps``: refused now, and in the exchange before with the same values. Blank where there are none."""
    if not steps:
        return ""
    titles = "; ".join(step.title for step in steps)
    return (
        f"OneFile has refused the same before: {titles}. Trying again changes nothing until that is changed, here or "
        "in OneFile."
    )


def retry_address(plan: ExchangePlan) -> str:
    subject = plan.subject
    if isinstance(subject, Learner):
        return reverse("onefile:retry", args=[plan.run_id, subject.ident])
    return reverse("onefile:partner-retry", args=[plan.run_id, subject._meta.model_name, subject.ident])
