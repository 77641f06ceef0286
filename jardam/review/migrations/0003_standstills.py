"""The review of a lot that stands still, and the documents behind it."""

import django.db.models.deletion
from django.db import migrations, models

import jardam.fields
from jardam.journal.schema import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0002_guards"),
        ("review", "0002_guards"),
    ]

    operations = [
        migrations.AddField(
            model_name="proceeding",
            name="standstills",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="proceeding",
            name="stopped_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="Halt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(max_length=24)),
                ("ground", models.CharField(max_length=24)),
                ("number", jardam.fields.Text(max_length=80)),
                ("issued_on", models.DateField()),
                ("text", jardam.fields.LongText(blank=True)),
                ("at", models.DateTimeField()),
                ("act_id", models.BigIntegerField()),
                (
                    "file",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.file"
                    ),
                ),
                (
                    "proceeding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="halts", to="review.proceeding"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        append_only("review_halt"),
    ]
