from __future__ import annotations

from typing import Any

from onefile_integration.api.errors import NotSent, OneFileError, SettingsError, SignInFailed
from onefile_integration.exchange import configuration
from onefile_integration.exchange.basedata import refresh_qualification_links
from onefile_integration.exchange.connection import NotReady, connect
from onefile_integration.models import Centre, Settings, Standard
from onefile_integration.words import Lane
from picsweb.commands import JsonCommand, Refused, Result


class Command(JsonCommand):
    help = "Sign in to OneFile and fetch the qualification links."

    def run(self, options: dict[str, Any]) -> Result:
        settings = Settings.objects.current()
        try:
            client = connect(settings, Lane.PEOPLE)
            fetched = refresh_qualification_links(client, settings.environment)
        except SignInFailed:
            raise Refused("OneFile does not take the Customer Token.", environment=settings.environment) from None
        except NotSent as why:
            raise Refused(f"No call could be made: {why}", environment=settings.environment) from None
        except (NotReady, SettingsError, OneFileError) as why:
            raise Refused(f"OneFile could not be used: {why}", environment=settings.environment) from None
        configuration.note_fault(settings, "")
        return Result(data=_found(settings, fetched.customer), text=f"Connected with {fetched.customer}.")


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
