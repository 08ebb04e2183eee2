from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sandbox", "0003_off_the_job")]

    operations = [
        migrations.AddField("user", "removed", models.BooleanField(default=False, editable=False)),
    ]
