"""A template of ours that shows a variable which nobody gave it fails the test; Django swallows it."""

from __future__ import annotations

import inspect
from pathlib import Path

from django.template.base import Origin


class MissingVariable(str):
    """Stands in as `string_if_invalid`. Libraries' own templates (the admin's) rely on blanks and are let be."""

    ours: Path

    def __new__(cls, ours: Path) -> MissingVariable:
        made = super().__new__(cls, "%s")  # a "%s" makes Django call __mod__ with the variable's name
        made.ours = ours
        return made

    def __mod__(self, variable: object) -> str:
        template = _template_being_rendered()
        if template is not None and self._is_ours(Path(template.name)):
            raise AssertionError(f"Undefined template variable '{variable}' in {template.name}")
        return ""

    def _is_ours(self, template: Path) -> bool:
        return template.is_relative_to(self.ours) and "site-packages" not in template.parts


def _template_being_rendered() -> Origin | None:
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_code.co_name in ("render", "render_annotated"):
            origin = getattr(frame.f_locals.get("self"), "origin", None)
            if isinstance(origin, Origin):
                return origin
        frame = frame.f_back
    return None
