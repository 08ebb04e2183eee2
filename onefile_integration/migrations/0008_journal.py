"""Steps are found by the names of the fields that they change; a dry run holds nobody up."""

from typing import Any

from django.db import migrations, models

AT_ONCE = 500


def name_fields(apps: Any, schema_editor: Any) -> None:
    """Of the steps that are there. Few kinds of step, so few texts: each is set for many rows at once."""
    steps = apps.get_model("onefile_integration", "Step").objects
    waiting: dict[str, list[int]] = {}
    for pk, record, changes in steps.order_by("pk").values_list("pk", "record", "changes").iterator(2000):
        kind = record.split(":")[0].removeprefix("onefile_")
        names = dict.fromkeys(f"{kind}.{change['field']}" for change in changes)
        if names:
            keys = waiting.setdefault(f" {' '.join(names)} ", [])
            keys.append(pk)
            if len(keys) == AT_ONCE:
                steps.filter(pk__in=keys).update(fields=f" {' '.join(names)} ")
                keys.clear()
    for text, keys in waiting.items():
        steps.filter(pk__in=keys).update(fields=text)


def plans_as_their_runs(apps: Any, schema_editor: Any) -> None:
    apps.get_model("onefile_integration", "ExchangePlan").objects.filter(run__dry=True).update(dry=True)


class Migration(migrations.Migration):

    dependencies = [
        ('learners', '0008_lists'),
        ('onefile_integration', '0007_held_fields'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='exchangeplan',
            name='plan_one_exchange_per_learner',
        ),
        migrations.RemoveConstraint(
            model_name='exchangeplan',
            name='plan_one_exchange_per_officer',
        ),
        migrations.RemoveConstraint(
            model_name='exchangeplan',
            name='plan_one_exchange_per_organisation',
        ),
        migrations.AddField(
            model_name='exchangeplan',
            name='dry',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='run',
            name='in_background',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='runminute',
            name='turns',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='step',
            name='fields',
            field=models.CharField(blank=True, editable=False, max_length=2000),
        ),
        migrations.RunPython(name_fields, migrations.RunPython.noop),
        migrations.RunPython(plans_as_their_runs, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='step',
            index=models.Index(condition=models.Q(('begun_at__isnull', False)), fields=['begun_at', 'fields'], name='step_journal'),
        ),
        migrations.AddConstraint(
            model_name='exchangeplan',
            constraint=models.UniqueConstraint(condition=models.Q(('claim__isnull', False), ('dry', False)), fields=('officer',), name='plan_one_exchange_per_officer'),
        ),
        migrations.AddConstraint(
            model_name='exchangeplan',
            constraint=models.UniqueConstraint(condition=models.Q(('claim__isnull', False), ('dry', False)), fields=('organisation',), name='plan_one_exchange_per_organisation'),
        ),
        migrations.AddConstraint(
            model_name='exchangeplan',
            constraint=models.UniqueConstraint(condition=models.Q(('claim__isnull', False), ('dry', False)), fields=('learner',), name='plan_one_exchange_per_learner'),
        ),
    ]
