"""Incidents and their mails in words."""

from __future__ import annotations

from onefile_integration.rules.alerts import TO_DO as RULE
from picsweb.display import Fact

TO_DO: dict[str, str] = {kind.value: words for kind, words in RULE.items()}


def mails_words(sent: int, unsent: int) -> str:
    if not sent and not unsent:
        return "None: nobody was to be told"
    said = f"{sent} sent"
    return f"{said}, {unsent} not" if unsent else said


def mail_fact(addresses: int, has_server: bool, failure: str) -> Fact:
    """On the summary: whether somebody would be told."""
    if not addresses:
        return Fact("Mails about incidents", "Nobody is told: Alerts to is blank")
    if not has_server:
        return Fact("Mails about incidents", "None is sent: this installation has no mail server (EMAIL_URL)")
    to = f"To {addresses} address{'' if addresses == 1 else 'es'}"
    return Fact("Mails about incidents", f"{to}. The last one was not sent: {failure}" if failure else to)
