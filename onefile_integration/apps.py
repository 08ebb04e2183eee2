"""The OneFile integration."""

from django.apps import AppConfig


class OneFileIntegrationConfig(AppConfig):
    name = "onefile_integration"
    verbose_name = "OneFile integration"

    def ready(self) -> None:
        from onefile_integration import additions, pages

        additions.register()
        pages.register()
