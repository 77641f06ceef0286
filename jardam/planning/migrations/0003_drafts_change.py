import django.db.models.deletion
from django.db import migrations, models

import jardam.fields
from jardam.journal.schema import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0002_guards"),
        ("planning", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", jardam.fields.Localised()),
                ("goal", jardam.fields.Localised()),
                ("year_from", models.PositiveSmallIntegerField()),
                ("year_to", models.PositiveSmallIntegerField()),
                ("part_of", jardam.fields.Text(blank=True, default="", max_length=300)),
                ("level", models.CharField(blank=True, default="", max_length=12)),
                ("changed_at", models.DateTimeField()),
                ("act_id", models.BigIntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="StruckMeasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("struck_at", models.DateTimeField()),
                ("act_id", models.BigIntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.RemoveConstraint(
            model_name="programme",
            name="programme_state_known",
        ),
        migrations.AddField(
            model_name="programme",
            name="dropped_because",
            field=jardam.fields.LongText(blank=True, default=""),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        (
                            "draft",
                            "discussion",
                            "submitted",
                            "adopted",
                            "rejected",
                            "annulled",
                            "closed",
                            "entered",
                            "discarded",
                            "dropped",
                        ),
                    )
                ),
                name="programme_state_known",
            ),
        ),
        migrations.AddField(
            model_name="formerhead",
            name="programme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="former_heads", to="planning.programme"
            ),
        ),
        migrations.AddField(
            model_name="formerhead",
            name="study",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="planning.study"
            ),
        ),
        migrations.AddField(
            model_name="struckmeasure",
            name="by",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="planning.measure"
            ),
        ),
        migrations.AddField(
            model_name="struckmeasure",
            name="measure",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="struck", to="planning.measure"
            ),
        ),
        append_only("planning_struckmeasure"),
        append_only("planning_formerhead"),
    ]
