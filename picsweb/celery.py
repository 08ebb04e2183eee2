"""The Celery application. It only rings the bell: what is to be done stands in the database."""

import os

from celery import Celery
from celery.signals import setup_logging, worker_shutting_down

from picsweb import ending

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "picsweb.settings")
app = Celery("picsweb")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_routes = {
    "onefile_integration.tasks.work_night": {"queue": "night"},
    "onefile_integration.tasks.sign_of_night": {"queue": "night"},
}
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_log(**_: object) -> None:
    """The settings have set it up. Where nobody answers this, Celery puts its own handler and level in its place."""


@worker_shutting_down.connect
def end_at_the_next_learner(**_: object) -> None:
    ending.tell()
