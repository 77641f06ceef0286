"""The order that approved a protocol, the commission's votes on admission, and applicants told on paper."""

import django.db.models.deletion
from django.db import migrations, models

import jardam.fields
from jardam.journal.schema import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0002_guards"),
        ("review", "0003_standstills"),
    ]

    operations = [
        migrations.AddField(
            model_name="protocol",
            name="approval_order",
            field=jardam.fields.Text(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="protocol",
            name="approved_on",
            field=models.DateField(null=True),
        ),
        migrations.CreateModel(
            name="AdmissionVote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("held_on", models.DateField()),
                ("present", models.PositiveSmallIntegerField()),
                ("votes_for", models.PositiveSmallIntegerField()),
                ("votes_against", models.PositiveSmallIntegerField()),
                ("abstained", models.PositiveSmallIntegerField()),
                ("act_id", models.BigIntegerField()),
                (
                    "candidacy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="admission_votes",
                        to="review.candidacy",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("told_on", models.DateField()),
                ("way", models.CharField(max_length=12)),
                ("act_id", models.BigIntegerField()),
                (
                    "candidacy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notifications",
                        to="review.candidacy",
                    ),
                ),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="review.protocol"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("candidacy", "protocol"), name="notified_once_a_protocol")
                ],
            },
        ),
        append_only("review_admissionvote"),
        append_only("review_notification"),
        migrations.RunSQL(
            """UPDATE review_protocol p SET approval_order = r.public_data->>'approval' FROM journal_record r
               WHERE r.object_kind = 'protocol' AND r.object_id = p.id AND r.verb = 'publish_protocol'
                 AND r.public_data->>'approval' <> ''""",
            migrations.RunSQL.noop,
        ),
    ]
