"""Contracts signed on paper before the system: recorded afterwards, from their paper."""

import django.db.models.deletion
from django.db import migrations, models

import jardam.fields
from jardam.journal.schema import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0002_guards"),
        ("documents", "0002_guards"),
        ("parties", "0002_guards"),
        ("planning", "0002_guards"),
        ("review", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Original",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer_signatory", jardam.fields.Text(max_length=200)),
                ("executor_signatory", jardam.fields.Text(max_length=200)),
                ("entered_by_id", models.BigIntegerField()),
                ("edition", models.CharField(max_length=40)),
                ("settlement_bytes", models.BinaryField()),
                ("act_id", models.BigIntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.RemoveConstraint(
            model_name="contract",
            name="contract_state_known",
        ),
        migrations.AddField(
            model_name="contract",
            name="paper_number",
            field=jardam.fields.Text(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="contract",
            name="recorded_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="contract",
            name="award",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="review.award"
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        (
                            "prepared",
                            "half_signed",
                            "in_force",
                            "void",
                            "not_signed",
                            "terminating",
                            "terminated",
                            "closed",
                            "entered",
                            "discarded",
                        ),
                    )
                ),
                name="contract_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("award__isnull", False), ("paper_number", ""), ("recorded_at", None)),
                    models.Q(
                        ("award", None),
                        ("recorded_at__isnull", False),
                        ("signed_at__isnull", False),
                        models.Q(("paper_number", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="contract_awarded_or_recorded",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.UniqueConstraint(
                condition=models.Q(("recorded_at__isnull", False), models.Q(("state", "discarded"), _negated=True)),
                fields=("customer", "paper_number", "signed_at"),
                name="contract_paper_once",
            ),
        ),
        migrations.AddField(
            model_name="original",
            name="contract",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="original", to="contracts.contract"
            ),
        ),
        migrations.AddField(
            model_name="original",
            name="measure",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="planning.measure"
            ),
        ),
        migrations.AddField(
            model_name="original",
            name="scan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.file"
            ),
        ),
        append_only("contracts_original"),
    ]
