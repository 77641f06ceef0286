"""Who came to a public opening."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contests", "0003_drafts_discarded"),
    ]

    operations = [
        migrations.AddField(
            model_name="contest",
            name="guests",
            field=models.PositiveSmallIntegerField(null=True),
        ),
    ]
