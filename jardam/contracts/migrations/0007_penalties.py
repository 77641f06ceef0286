"""Penalties for money that came back late."""

from django.db import migrations, models

import jardam.fields


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0006_lowered_amounts"),
    ]

    operations = [
        migrations.AddField(
            model_name="return",
            name="penalty",
            field=jardam.fields.Amount(default=0),
        ),
        migrations.AddField(
            model_name="return",
            name="penalty_document",
            field=jardam.fields.Text(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="return",
            name="penalty_paid_on",
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("penalty_document", ""), ("penalty_paid_on", None)),
                    models.Q(
                        ("penalty__gt", 0),
                        ("penalty_paid_on__isnull", False),
                        models.Q(("penalty_document", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="return_penalty_paid_with_document",
            ),
        ),
    ]
