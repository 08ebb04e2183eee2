from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "onefile_sandbox"
    label = "sandbox"
    verbose_name = "OneFile practice centre"
    default_auto_field = "django.db.models.AutoField"
