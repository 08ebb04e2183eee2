"""Accounts of the people who work here. An app for its menu item and its admin; it keeps nothing of its own."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "picsweb.accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in
        from django_structlog.signals import bind_extra_request_metadata

        from learners.registry import MenuItem, registry
        from picsweb.accounts.signing_in import note_address, note_beginning
        from picsweb.permissions import Permission

        bind_extra_request_metadata.connect(note_address)
        user_logged_in.connect(note_beginning, dispatch_uid="note_beginning")
        registry.menu.append(
            MenuItem(
                label=lambda request: "Users",
                url_name="accounts:user-list",
                shown=lambda request: request.user.has_perm(Permission.MANAGE_USERS),
                configuration=True,
            )
        )
