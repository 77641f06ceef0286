"""The further sections that the rules want a report to hold."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0005_put_right"),
    ]

    operations = [
        migrations.AddField(
            model_name="report",
            name="sections",
            field=models.JSONField(default=dict),
        ),
    ]
