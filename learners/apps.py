"""The MIS: learners, their delivery plans, officers and organisations."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LearnersConfig(AppConfig):
    name = "learners"
    verbose_name = "Learners"

    def ready(self) -> None:
        from learners.groups import set_up_groups
        from picsweb.history import make_managers_once

        make_managers_once()
        post_migrate.connect(set_up_groups, dispatch_uid="learners.groups")
