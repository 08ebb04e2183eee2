"""Addresses of the MIS."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from learners.parts import PARTS
from learners.tabs import TABS
from learners.views import (
    delivery_plan,
    file_exports,
    file_imports,
    learners,
    officers,
    organisations,
    parts,
    qualifications,
    requests,
)


class IdentConverter(StringConverter):
    """Five letters or digits; people may type them in lower case."""

    regex = "[A-Za-z0-9]{5}"

    def to_python(self, value: str) -> str:
        return value.upper()


class PartConverter(StringConverter):
    regex = "|".join(PARTS)


class TabConverter(StringConverter):
    regex = "|".join(TABS)


class FileFormConverter(StringConverter):
    regex = "csv|xlsx"


register_converter(FileFormConverter, "file_form")
register_converter(IdentConverter, "ident")
register_converter(PartConverter, "part")
register_converter(TabConverter, "tab")

app_name = "learners"
urlpatterns = [
    path("", learners.home, name="home"),
    path("learners/", learners.learner_list, name="learner-list"),
    path("learners/new/", learners.learner_new, name="learner-new"),
    path("learners/<ident:ident>/", learners.learner, name="learner"),
    path("learners/<ident:ident>/edit/", learners.learner_edit, name="learner-edit"),
    path("learners/<ident:ident>/tie/", learners.learner_tie, name="learner-tie"),
    path("learners/<ident:ident>/erase/", requests.learner_erase, name="learner-erase"),
    path("learners/<ident:ident>/access-request/", requests.access_request, name="access-request"),
    path("learners/<ident:ident>/delivery-plan/", delivery_plan.delivery_plan, name="delivery-plan"),
    path(
        "learners/<ident:ident>/delivery-plan/<tab:tab>/",
        delivery_plan.delivery_plan,
        name="delivery-plan-tab",
    ),
    path("learners/<ident:ident>/delivery-plan/<part:kind>/new/", parts.part_new, name="part-new"),
    path("learners/<ident:ident>/delivery-plan/<part:kind>/<int:pk>/edit/", parts.part_edit, name="part-edit"),
    path(
        "learners/<ident:ident>/delivery-plan/<part:kind>/<int:pk>/delete/",
        parts.part_delete,
        name="part-delete",
    ),
    path("officers/", officers.officer_list, name="officer-list"),
    path("officers/new/", officers.officer_new, name="officer-new"),
    path("officers/<ident:ident>/", officers.officer, name="officer"),
    path("officers/<ident:ident>/edit/", officers.officer_edit, name="officer-edit"),
    path("organisations/", organisations.organisation_list, name="organisation-list"),
    path("organisations/new/", organisations.organisation_new, name="organisation-new"),
    path("organisations/<ident:ident>/", organisations.organisation, name="organisation"),
    path("organisations/<ident:ident>/edit/", organisations.organisation_edit, name="organisation-edit"),
    path("qualifications/", qualifications.qualification_list, name="qualification-list"),
    path("qualifications/new/", qualifications.qualification_new, name="qualification-new"),
    path("qualifications/<int:pk>/", qualifications.qualification, name="qualification"),
    path("qualifications/<int:pk>/edit/", qualifications.qualification_edit, name="qualification-edit"),
    path("imports/", file_imports.import_list, name="import-list"),
    path("imports/new/", file_imports.import_new, name="import-new"),
    path("imports/templates/<slug:kind>.<file_form:form>", file_imports.import_template, name="import-template"),
    path("imports/<int:pk>/", file_imports.file_import, name="import"),
    path("imports/<int:pk>/approve/", file_imports.import_approve, name="import-approve"),
    path("imports/<int:pk>/discard/", file_imports.import_discard, name="import-discard"),
    path("imports/<int:pk>/faults.csv", file_imports.import_errors, name="import-errors"),
    path("exports/", file_exports.export_list, name="export-list"),
    path("exports/<slug:kind>.<file_form:form>", file_exports.export_kind, name="export"),
]
