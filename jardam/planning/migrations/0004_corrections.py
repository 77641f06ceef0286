"""Slips put right beside the facts they stand in."""

from django.db import migrations, models

import jardam.fields
from jardam.journal.schema import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("planning", "0003_drafts_change"),
    ]

    operations = [
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("thing", models.CharField(max_length=12)),
                ("thing_id", models.BigIntegerField()),
                ("fact", models.CharField(max_length=12)),
                ("fact_id", models.BigIntegerField()),
                ("field", models.CharField(max_length=24)),
                ("was", jardam.fields.LongText(blank=True)),
                ("now", jardam.fields.LongText()),
                ("reason", jardam.fields.LongText()),
                ("corrected_at", models.DateTimeField()),
                ("act_id", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["thing", "thing_id", "id"], name="correction_by_thing")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "fact__in",
                                (
                                    "adoption",
                                    "comment",
                                    "decision",
                                    "gathering",
                                    "opinion",
                                    "problem",
                                    "publication",
                                    "report",
                                    "study",
                                ),
                            )
                        ),
                        name="correction_fact_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("was", models.F("now")), _negated=True),
                        name="correction_changes_something",
                    ),
                ],
            },
        ),
        append_only("planning_correction"),
    ]
