"""Settings as the summary shows them."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.utils.formats import date_format, time_format

from onefile_integration.rules.settings import Setting
from onefile_integration.words import Environment, Mode, VisitType
from picsweb.display import Badge, Fact

WORDS = {str(word): str(label) for kind in (Environment, Mode, VisitType) for word, label in kind.choices}


def setting_fact(row: Setting, value: Any) -> Fact:
    if isinstance(value, bool):
        return Fact(row.label, badges=(Badge("On", "good") if value else Badge("Off"),))
    return Fact(row.label, setting_words(value))


def setting_words(value: Any) -> str:
    match value:
        case list():
            return ", ".join(value)
        case date():
            return date_format(value)
        case time():
            return time_format(value)
        case None:
            return ""
    return WORDS.get(str(value), str(value))
