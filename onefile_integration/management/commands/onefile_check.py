from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandParser

from onefile_integration.api.errors import NotSent, OneFileError, SettingsError, SignInFailed
from onefile_integration.exchange import configuration, first_day
from onefile_integration.exchange.basedata import refresh_qualification_links
from onefile_integration.exchange.connection import NotReady, connect
from onefile_integration.exchange.first_day.findings import Finding, Given, Report
from onefile_integration.models import Centre, Settings, Standard
from onefile_integration.words import Lane
from picsweb.commands import JsonCommand, Refused, Result, Status, whole_number


class Command(JsonCommand):
    help = "Sign in to OneFile and fetch the qualification links; or report how this OneFile answers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--report",
            action="store_true",
            help="Tell the first ten things to look at on a new server. Nothing is changed, in OneFile or here.",
        )
        about = "With --report: the OneFile ID of a test learner who"
        parser.add_argument("--archived", type=whole_number, metavar="ID", help=f"{about} is archived there.")
        parser.add_argument("--worked-on", type=whole_number, metavar="ID", help=f"{about} made progress just now.")

    def run(self, options: dict[str, Any]) -> Result:
        settings = Settings.objects.current()
        given = Given(options["archived"], options["worked_on"])
        if options["report"]:
            with _refusals(settings):
                return _reported(settings, first_day.report(connect(settings, Lane.PEOPLE), given))
        if given != Given():
            raise Refused("--archived and --worked-on go with --report.")
        with _refusals(settings):
            fetched = refresh_qualification_links(connect(settings, Lane.PEOPLE), settings.environment)
        configuration.note_fault(settings, "")
        return Result(data=_found(settings, fetched.customer), text=f"Connected with {fetched.customer}.")


@contextmanager
def _refusals(settings: Settings) -> Iterator[None]:
    try:
        yield
    except SignInFailed:
        raise Refused("OneFile does not take the Customer Token.", environment=settings.environment) from None
    except NotSent as why:
        raise Refused(f"No call could be made: {why}", environment=settings.environment) from None
    except (NotReady, SettingsError, OneFileError) as why:
        raise Refused(f"OneFile could not be used: {why}", environment=settings.environment) from None


def _reported(settings: Settings, report: Report) -> Result:
    data = {
        "ok": True,
        "environment": settings.environment,
        "calls": report.calls,
        "findings": [finding.as_json() for finding in report.findings],
    }
    lines = [f"{settings.environment}, {report.calls} calls. Nothing was changed.", ""]
    text = "\n".join([*lines, *(_told(finding) for finding in report.findings)])
    return Result(data=data, text=text, status=Status.WITH_FAULTS if report.has_failures else Status.WELL)


def _told(finding: Finding) -> str:
    told = finding.as_json()
    sides = [f"{switch}: {value}" for switch, value in finding.sides.items()]
    parts = {
        "asked": told["asked"],
        "seen": told["seen"],
        "side": sides or ["not seen"],
        "follows": told["follows"],
        "how to look": [finding.how_to_look] if finding.how_to_look else [],
    }
    lines = [f"{finding.number}. {finding.subject}", f"   {finding.why}"]
    return "\n".join([*lines, *(f"   {name}: {each}" for name, all_ in parts.items() for each in all_), ""])


def _found(settings: Settings, customer: str) -> dict[str, Any]:
    centres = Centre.objects.filter(environment=settings.environment).listed()
    standards = Standard.objects.listed().filter(centre__in=centres).exclude(code="").select_related("centre")
    return {
        "ok": True,
        "environment": settings.environment,
        "customer": customer,
        "centres": [{"id": centre.onefile_id, "name": centre.name} for centre in centres],
        "qualifications": [
            {
                "vq_reference": each.code,
                "centre": each.centre.onefile_id,
                "standard_id": each.onefile_id,
                "title": each.title,
            }
            for each in standards
        ],
    }
