"""Addresses of the MIS."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from learners.lists import LISTS
from learners.parts import PARTS
from learners.tabs import TABS
from learners.views import (
    bulk,
    bulk_changes,
    changes,
    delivery_plan,
    downloads,
    episodes,
    file_exports,
    file_imports,
    learners,
    officers,
    organisations,
    pace,
    parts,
    pickers,
    programme,
    progress,
    qualifications,
    requests,
    review_series,
    reviews,
    tags,
)
from learners.views.downloads import FORMS


class IdentConverter(StringConverter):
    """Five letters or digits; people may type them in lower case."""

    regex = "[A-Za-z0-9]{5}"

    def to_python(self, value: str) -> str:
        return value.upper()


class PartConverter(StringConverter):
    regex = "|".join(PARTS)


class TabConverter(StringConverter):
    regex = "|".join(TABS)


class ListConverter(StringConverter):
    regex = "|".join(LISTS)


class FileConverter(StringConverter):
    regex = "|".join(FORMS)


register_converter(IdentConverter, "ident")
register_converter(PartConverter, "part")
register_converter(TabConverter, "tab")
register_converter(ListConverter, "list")
register_converter(FileConverter, "file")

app_name = "learners"
urlpatterns = [
    path("", learners.home, name="home"),
    path("learners/", learners.learner_list, name="learner-list"),
    path("learners/pace/", pace.pace, name="pace"),
    path("learners/progress/", progress.progress_list, name="progress-list"),
    path("learners/choices/", pickers.learner_choices, name="learner-choices"),
    path("learners/new/", learners.learner_new, name="learner-new"),
    path("learners/bulk-change/", bulk.bulk_choose, name="bulk-choose"),
    path("learners/bulk-change/<slug:kind>/", bulk.bulk_form, name="bulk-form"),
    path("learners/bulk-change/<slug:kind>/preview/", bulk.bulk_preview, name="bulk-preview"),
    path("learners/bulk-changes/", bulk_changes.bulk_change_list, name="bulk-change-list"),
    path("learners/bulk-changes/<int:pk>/", bulk_changes.bulk_change, name="bulk-change"),
    path("learners/bulk-changes/<int:pk>/undo/", bulk_changes.bulk_change_undo, name="bulk-change-undo"),
    path("learners/<ident:ident>/", learners.learner, name="learner"),
    path("learners/<ident:ident>/edit/", learners.learner_edit, name="learner-edit"),
    path("learners/<ident:ident>/tie/", episodes.learner_tie, name="learner-tie"),
    path("learners/<ident:ident>/untie/", episodes.learner_untie, name="learner-untie"),
    path("learners/<ident:ident>/not/<ident:other>/", episodes.learner_told_apart, name="learner-told-apart"),
    path("learners/<ident:ident>/new-episode/", episodes.episode_new, name="episode-new"),
    path("learners/<ident:ident>/break/", programme.break_start, name="break-start"),
    path("learners/<ident:ident>/return/", programme.break_return, name="break-return"),
    path("learners/<ident:ident>/end/", programme.programme_end, name="programme-end"),
    path("learners/<ident:ident>/end/undo/", programme.programme_end_undo, name="programme-end-undo"),
    path("learners/<ident:ident>/erase/", requests.learner_erase, name="learner-erase"),
    path("learners/<ident:ident>/access-request/", requests.access_request, name="access-request"),
    path("learners/<ident:ident>/delivery-plan/", delivery_plan.delivery_plan, name="delivery-plan"),
    path(
        "learners/<ident:ident>/delivery-plan/<tab:tab>/",
        delivery_plan.delivery_plan,
        name="delivery-plan-tab",
    ),
    path("learners/<ident:ident>/delivery-plan/history.<file:form>", changes.history_download, name="history-download"),
    path("learners/<ident:ident>/delivery-plan/reviews/series/", review_series.series_new, name="series-new"),
    path(
        "learners/<ident:ident>/delivery-plan/reviews/series/<str:token>/",
        review_series.series_made,
        name="series-made",
    ),
    path("learners/<ident:ident>/delivery-plan/<part:kind>/new/", parts.part_new, name="part-new"),
    path("learners/<ident:ident>/delivery-plan/<part:kind>/<int:pk>/edit/", parts.part_edit, name="part-edit"),
    path(
        "learners/<ident:ident>/delivery-plan/<part:kind>/<int:pk>/delete/",
        parts.part_delete,
        name="part-delete",
    ),
    path("lists/<list:name>.<file:form>", downloads.list_download, name="list-download"),
    path("reviews/", reviews.review_list, name="review-list"),
    path("officers/", officers.officer_list, name="officer-list"),
    path("officers/new/", officers.officer_new, name="officer-new"),
    path("officers/<ident:ident>/", officers.officer, name="officer"),
    path("officers/<ident:ident>/edit/", officers.officer_edit, name="officer-edit"),
    path("officers/<ident:ident>/hand-over/", bulk.hand_over_form, name="hand-over-form"),
    path("officers/<ident:ident>/hand-over/preview/", bulk.hand_over_preview, name="hand-over-preview"),
    path("organisations/", organisations.organisation_list, name="organisation-list"),
    path("organisations/choices/", pickers.organisation_choices, name="organisation-choices"),
    path("organisations/new/", organisations.organisation_new, name="organisation-new"),
    path("organisations/<ident:ident>/", organisations.organisation, name="organisation"),
    path("organisations/<ident:ident>/edit/", organisations.organisation_edit, name="organisation-edit"),
    path("tags/", tags.tag_list, name="tag-list"),
    path("tags/new/", tags.tag_new, name="tag-new"),
    path("tags/<int:pk>/", tags.tag, name="tag"),
    path("tags/<int:pk>/edit/", tags.tag_edit, name="tag-edit"),
    path("tags/<int:pk>/merge/", tags.tag_merge, name="tag-merge"),
    path("tags/<int:pk>/delete/", tags.tag_delete, name="tag-delete"),
    path("qualifications/", qualifications.qualification_list, name="qualification-list"),
    path("qualifications/new/", qualifications.qualification_new, name="qualification-new"),
    path("qualifications/<int:pk>/", qualifications.qualification, name="qualification"),
    path("qualifications/<int:pk>/edit/", qualifications.qualification_edit, name="qualification-edit"),
    path("imports/", file_imports.import_list, name="import-list"),
    path("imports/new/", file_imports.import_new, name="import-new"),
    path("imports/templates/<slug:kind>.<file:form>", file_imports.import_template, name="import-template"),
    path("imports/<int:pk>/", file_imports.file_import, name="import"),
    path("imports/<int:pk>/approve/", file_imports.import_approve, name="import-approve"),
    path("imports/<int:pk>/discard/", file_imports.import_discard, name="import-discard"),
    path("imports/<int:pk>/faults.csv", file_imports.import_errors, name="import-errors"),
    path("exports/", file_exports.export_list, name="export-list"),
    path("exports/<slug:kind>.<file:form>", file_exports.export_kind, name="export"),
]
