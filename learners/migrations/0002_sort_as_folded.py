"""Lists have the same order on PostgreSQL as on SQLite: the folded keys are compared letter by letter."""

from django.db import migrations

TABLES = ("learners_learner", "learners_officer", "learners_organisation")


def by_letter(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f'ALTER TABLE {table} ALTER COLUMN sort_key TYPE varchar(250) COLLATE "C"')


class Migration(migrations.Migration):
    dependencies = [("learners", "0001_records")]

    operations = [migrations.RunPython(by_letter, migrations.RunPython.noop)]
