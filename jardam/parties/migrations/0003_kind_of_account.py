"""What kind of account an organisation says it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0002_guards"),
    ]

    operations = [
        migrations.AddField(
            model_name="bankaccount",
            name="kind",
            field=models.CharField(blank=True, default="", max_length=8),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["", "separate", "treasury", "ordinary"])),
                name="bank_account_kind_known",
            ),
        ),
    ]
