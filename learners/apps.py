"""The MIS: learners, their delivery plans, officers and organisations."""

from django.apps import AppConfig


class LearnersConfig(AppConfig):
    name = "learners"
    verbose_name = "Learners"
