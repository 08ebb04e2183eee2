"""Addresses of the OneFile windows and pages."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from onefile_integration.views import (
    configuration,
    create,
    held,
    incidents,
    journal,
    licences,
    linking,
    lookup,
    many_buttons,
    many_look,
    many_new,
    many_page,
    progress,
    questions,
    reconciliation,
    refresh,
    runs,
)


class PartnerConverter(StringConverter):
    regex = "officer|organisation"


register_converter(PartnerConverter, "partner")

app_name = "onefile"
urlpatterns = [
    path("onefile/", configuration.summary, name="summary"),
    path("onefile/settings/", configuration.settings_page, name="settings"),
    path("onefile/exchanged/", configuration.exchanged, name="exchanged"),
    path("onefile/licences/", licences.licence_list, name="licences"),
    path("onefile/licences/<int:pk>/take/", licences.licence_take, name="licence-take"),
    path("onefile/test/", configuration.connection_test, name="test"),
    path("onefile/qualification-links/", configuration.refresh_links, name="refresh-links"),
    path("onefile/qualification-links/again/", configuration.refresh_list, name="refresh-list"),
    path("onefile/incidents/", incidents.incidents, name="incidents"),
    path("onefile/test-mail/", incidents.test_mail, name="test-mail"),
    path("onefile/synchronise/", configuration.synchronise, name="synchronise"),
    path("onefile/journal/", journal.journal, name="journal"),
    path("onefile/journal.csv", journal.journal_csv, name="journal-csv"),
    path("onefile/runs/", runs.runs, name="runs"),
    path("onefile/runs/<int:pk>/", runs.run, name="run"),
    path("onefile/runs/<int:pk>/go-on/", held.run_go_on, name="run-go-on"),
    path("onefile/runs/<int:pk>/discard/", held.run_discard, name="run-discard"),
    path("onefile/runs/<int:pk>/learners/", runs.run_learners, name="run-learners"),
    path("onefile/runs/<int:pk>/changes/", journal.run_changes, name="run-changes"),
    path("onefile/runs/<int:pk>/changes.csv", journal.run_csv, name="run-csv"),
    path("onefile/runs/<int:run>/learners/<ident:ident>/", progress.progress, name="progress"),
    path("onefile/runs/<int:run>/<partner:kind>/<ident:ident>/", progress.partner_progress, name="partner-progress"),
    path("onefile/runs/<int:pk>/pause/", runs.run_pause, name="run-pause"),
    path("onefile/runs/<int:pk>/resume/", runs.run_resume, name="run-resume"),
    path("onefile/runs/<int:pk>/cancel/", runs.run_cancel, name="run-cancel"),
    path("onefile/reconciliations/", reconciliation.reports, name="reconciliations"),
    path("onefile/reconciliations/new/", reconciliation.report_start, name="reconciliation-start"),
    path("onefile/reconciliations/<int:pk>/", reconciliation.report, name="reconciliation"),
    path("onefile/reconciliations/<int:pk>/csv/", reconciliation.report_csv, name="reconciliation-csv"),
    path("onefile/enrolments/", many_new.many_list, name="many-list"),
    path("onefile/enrolments/new/", many_new.many_new, name="many-new"),
    path("onefile/enrolments/<int:pk>/", many_page.many, name="many"),
    path("onefile/enrolments/<int:pk>/csv/", many_page.many_csv, name="many-csv"),
    path("onefile/enrolments/<int:pk>/learners/<ident:ident>/", many_look.many_look, name="many-look"),
    path("onefile/enrolments/<int:pk>/choices/", many_buttons.many_choices, name="many-choices"),
    path("onefile/enrolments/<int:pk>/again/", many_buttons.many_again, name="many-again"),
    path("onefile/enrolments/<int:pk>/remove/", many_buttons.many_remove, name="many-remove"),
    path("onefile/enrolments/<int:pk>/create/", many_buttons.many_create, name="many-create"),
    path("onefile/enrolments/<int:pk>/pause/", many_buttons.many_pause, name="many-pause"),
    path("onefile/enrolments/<int:pk>/resume/", many_buttons.many_resume, name="many-resume"),
    path("onefile/enrolments/<int:pk>/cancel/", many_buttons.many_cancel, name="many-cancel"),
    path("onefile/enrolments/<int:pk>/try-again/", many_buttons.many_try_again, name="many-try-again"),
    path("onefile/enrolments/<int:pk>/show-again/", many_buttons.many_show_again, name="many-show-again"),
    path("onefile/questions/", questions.questions, name="questions"),
    path("onefile/questions/<int:pk>/answer/", questions.answer, name="answer"),
    path("learners/<ident:ident>/onefile/create/", create.create, name="create"),
    path("learners/<ident:ident>/onefile/go-on/", progress.go_on, name="go-on"),
    path("learners/<ident:ident>/onefile/refresh/", refresh.refresh, name="refresh"),
    path("learners/<ident:ident>/onefile/logs/", refresh.logs, name="logs"),
    path("learners/<ident:ident>/onefile/journal/", journal.learner_changes, name="learner-changes"),
    path("learners/<ident:ident>/onefile/journal.csv", journal.learner_csv, name="learner-csv"),
    path("learners/<ident:ident>/onefile/logs/last/", progress.last_log, name="last-log"),
    path("learners/<ident:ident>/onefile/set-id/", linking.set_id, name="set-id"),
    path("learners/<ident:ident>/onefile/edit-id/", linking.edit_id, name="edit-id"),
    path("learners/<ident:ident>/onefile/remove-link/", linking.unlink, name="unlink"),
    path("onefile/<partner:kind>/<ident:ident>/centres/<int:centre>/link/", linking.partner_link, name="partner-link"),
    path("onefile/<partner:kind>/<ident:ident>/centres/<int:centre>/look-up/", lookup.look_up, name="partner-look-up"),
    path(
        "onefile/<partner:kind>/<ident:ident>/centres/<int:centre>/remove-link/",
        linking.partner_unlink,
        name="partner-unlink",
    ),
]
