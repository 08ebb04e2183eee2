"""After a test that committed, its rows go. Django would truncate every table and write all permissions and groups
anew, which takes longer than most such tests; what migrations have put there stays instead."""

from __future__ import annotations

from functools import cache

from django.db import connection

KEPT = {"django_migrations", "django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}


def delete_rows() -> None:
    deletes = [f"DELETE FROM {connection.ops.quote_name(table)}" for table in _tables()]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {'; '.join(deletes)}; COMMIT")
            return
        with connection.constraint_checks_disabled():
            for delete in deletes:
                cursor.execute(delete)


@cache
def _tables() -> list[str]:
    return sorted(set(connection.introspection.django_table_names(only_existing=True)) - KEPT)
