"""The Celery application. It only rings the bell: what is to be done stands in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "picsweb.settings")
app = Celery("picsweb")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_routes = {
    "onefile_integration.tasks.work_night": {"queue": "night"},
    "onefile_integration.tasks.sign_of_night": {"queue": "night"},
}
app.autodiscover_tasks()
