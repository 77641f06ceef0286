import django.db.models.deletion
from django.db import migrations, models

import jardam.fields


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0002_guards"),
        ("parties", "0004_bank_accounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Profile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.CharField(max_length=16)),
                ("content", models.JSONField()),
                ("valid_from", models.DateField()),
                ("act_id", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="RestrictionLift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lifted_on", models.DateField()),
                ("document", jardam.fields.Text(max_length=200)),
                ("act_id", models.BigIntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Succession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                ("document", jardam.fields.Text(max_length=200)),
                ("act_id", models.BigIntegerField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="name",
            name="name_one_a_day",
        ),
        migrations.RemoveConstraint(
            model_name="organisation",
            name="organisation_state_known",
        ),
        migrations.AddField(
            model_name="mandate",
            name="sent_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lent_mandates",
                to="parties.organisation",
            ),
        ),
        migrations.AddField(
            model_name="name",
            name="document",
            field=jardam.fields.Text(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="organisation",
            name="refusal_note",
            field=jardam.fields.Text(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="organisation",
            name="refused_for",
            field=models.CharField(blank=True, max_length=24),
        ),
        migrations.AddField(
            model_name="territory",
            name="act_id",
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="territory",
            name="merged_into",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="merged", to="parties.territory"
            ),
        ),
        migrations.AddField(
            model_name="territory",
            name="state",
            field=models.CharField(default="", max_length=24),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="name",
            index=models.Index(fields=["organisation", "valid_from"], name="name_by_day"),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(("acting", False), ("valid_until__isnull", False), _connector="OR"),
                name="acting_mandate_is_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("registered", "verified", "refused"))),
                name="organisation_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="territory",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("listed", "ended"))), name="territory_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="territory",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", ["republic", "oblast", "rayon", "city", "aiyl_aimak", "village"])),
                name="territory_level_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="territory",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until", None),
                    ("valid_from", None),
                    ("valid_until__gt", models.F("valid_from")),
                    _connector="OR",
                ),
                name="territory_ends_later",
            ),
        ),
        migrations.AddField(
            model_name="profile",
            name="file",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.file"
            ),
        ),
        migrations.AddField(
            model_name="profile",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="profile", to="parties.organisation"
            ),
        ),
        migrations.AddField(
            model_name="restrictionlift",
            name="restriction",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="lift", to="parties.restriction"
            ),
        ),
        migrations.AddField(
            model_name="succession",
            name="predecessor",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="succession", to="parties.organisation"
            ),
        ),
        migrations.AddField(
            model_name="succession",
            name="successor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="successions", to="parties.organisation"
            ),
        ),
        migrations.AddIndex(
            model_name="profile",
            index=models.Index(fields=["organisation", "part", "valid_from"], name="profile_by_day"),
        ),
        migrations.AddConstraint(
            model_name="profile",
            constraint=models.CheckConstraint(
                condition=models.Q(("part__in", ["address", "phone", "head", "founders", "staff", "charter"])),
                name="profile_part_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="succession",
            constraint=models.CheckConstraint(
                condition=models.Q(("predecessor", models.F("successor")), _negated=True), name="succession_by_another"
            ),
        ),
    ]
