"""What to look at first on a OneFile nobody has called yet: asked by reading alone, told without a value of anybody."""

from __future__ import annotations

from collections.abc import Callable

from onefile_integration.api.client import OneFile
from onefile_integration.api.errors import NotSent, OneFileError, SignInFailed
from onefile_integration.exchange.first_day import items
from onefile_integration.exchange.first_day.asking import Asker, EnoughAsked
from onefile_integration.exchange.first_day.findings import Finding, Given, Report
from onefile_integration.exchange.first_day.words import THINGS

ITEMS: tuple[Callable[[Asker, Finding], None], ...] = (
    items.session,
    items.pages,
    items.aim_rows,
    items.aim_members,
    items.last_modified,
    items.review_rows,
    items.limit,
    items.archived,
    items.statuses,
    items.visits,
)


def report(client: OneFile, given: Given) -> Report:
    """Raises SignInFailed and NotSent where nothing can be asked at all."""
    asker = Asker(client, given)
    findings = [Finding(number, thing.subject, thing.why) for number, thing in enumerate(THINGS, start=1)]
    for item, finding in zip(ITEMS, findings, strict=True):
        try:
            item(asker, finding)
        except EnoughAsked as enough:
            finding.seen.append(str(enough))
        except (SignInFailed, NotSent):
            raise
        except OneFileError as failed:
            finding.failed = True
            status = f", status {failed.status}" if failed.status else ""
            finding.seen.append(f"The last question got no usable answer: {failed.why.replace('_', ' ')}{status}.")
        finding.asked = asker.take_asked()
    return Report(calls=asker.calls, findings=findings)
