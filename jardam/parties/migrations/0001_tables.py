import django.db.models.deletion
from django.db import migrations, models

import jardam.fields


class Migration(migrations.Migration):
    replaces = [
        ("parties", "0001_initial"),
        ("parties", "0003_tallies"),
        ("parties", "0004_bank_accounts"),
        ("parties", "0005_profile_and_succession"),
        ("parties", "0006_profile_guards"),
    ]

    initial = True

    dependencies = [
        ("documents", "0002_guards"),
        ("journal", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", jardam.fields.Ref()),
                ("name", jardam.fields.Text(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("is_active", models.BooleanField(default=True)),
                ("is_cast", models.BooleanField(default=False)),
                (
                    "person",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="user",
                        to="parties.person",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Territory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", jardam.fields.Ref()),
                ("jurisdiction", models.CharField(default="KG", max_length=2)),
                ("code", models.CharField(max_length=14, null=True, unique=True)),
                ("title", jardam.fields.Localised()),
                ("level", models.CharField(max_length=16)),
                ("valid_from", models.DateField(null=True)),
                ("valid_until", models.DateField(null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="parties.territory",
                    ),
                ),
                (
                    "predecessor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successors",
                        to="parties.territory",
                    ),
                ),
                ("act_id", models.BigIntegerField()),
                (
                    "merged_into",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="parties.territory",
                    ),
                ),
                ("state", models.CharField(max_length=24)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("listed", "ended"))), name="territory_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("level__in", ["republic", "oblast", "rayon", "city", "aiyl_aimak", "village"])
                        ),
                        name="territory_level_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until", None),
                            ("valid_from", None),
                            ("valid_until__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="territory_ends_later",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("kind", models.CharField(max_length=24)),
                ("jurisdiction", models.CharField(default="KG", max_length=2)),
                ("code", models.CharField(max_length=16, null=True, unique=True)),
                ("title", jardam.fields.Localised()),
                ("legal_form", models.CharField(blank=True, max_length=32)),
                ("registered_on", models.DateField(null=True)),
                ("is_invented", models.BooleanField(default=False)),
                ("registered_by_id", models.BigIntegerField(null=True)),
                (
                    "council",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="council_of",
                        to="parties.organisation",
                    ),
                ),
                (
                    "treasury",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="treasury_of",
                        to="parties.organisation",
                    ),
                ),
                (
                    "territory",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="organisations",
                        to="parties.territory",
                    ),
                ),
                ("refusal_note", jardam.fields.Text(blank=True, max_length=500)),
                ("refused_for", models.CharField(blank=True, max_length=24)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "ministry",
                                    "agency",
                                    "territorial_unit",
                                    "mayor_office",
                                    "aiyl_okmotu",
                                    "kenesh",
                                    "treasury",
                                    "non_profit",
                                    "company",
                                    "entrepreneur",
                                    "operator",
                                ],
                            )
                        ),
                        name="organisation_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("registered", "verified", "refused"))),
                        name="organisation_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Restriction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ground", models.CharField(max_length=40)),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(null=True)),
                ("source_kind", models.CharField(max_length=24)),
                ("source_id", models.BigIntegerField()),
                ("act_id", models.BigIntegerField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="restrictions",
                        to="parties.organisation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Name",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", jardam.fields.Localised()),
                ("valid_from", models.DateField()),
                ("act_id", models.BigIntegerField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="names", to="parties.organisation"
                    ),
                ),
                ("document", jardam.fields.Text(blank=True, max_length=200)),
            ],
            options={
                "indexes": [models.Index(fields=["organisation", "valid_from"], name="name_by_day")],
            },
        ),
        migrations.CreateModel(
            name="Identifier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scheme", models.CharField(max_length=16)),
                ("value", models.CharField(max_length=40)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="identifiers",
                        to="parties.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("scheme", "value"), name="identifier_one_owner")],
            },
        ),
        migrations.CreateModel(
            name="Mandate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("role", models.CharField(max_length=32)),
                ("acting", models.BooleanField(default=False)),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(null=True)),
                ("document", jardam.fields.Text(max_length=200)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="mandates", to="parties.organisation"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="mandates", to="parties.person"
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lent_mandates",
                        to="parties.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person", "state"], name="mandate_by_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("granted", "revoked"))), name="mandate_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until", None), ("valid_until__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="mandate_ends_later",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "specialist",
                                    "head",
                                    "accountant",
                                    "council_secretary",
                                    "commission_member",
                                    "commission_secretary",
                                    "applicant_head",
                                    "applicant_editor",
                                    "treasury_officer",
                                    "registrar",
                                    "lawyer",
                                    "auditor",
                                    "signatory",
                                ],
                            )
                        ),
                        name="mandate_role_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("acting", False), ("valid_until__isnull", False), _connector="OR"),
                        name="acting_mandate_is_dated",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("count", models.PositiveIntegerField()),
                ("until", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="BankAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("bik", models.CharField(max_length=6)),
                ("account", models.CharField(max_length=16)),
                ("currency", models.CharField(default="KGS", max_length=3)),
                ("valid_from", models.DateField()),
                ("proposed_by_id", models.BigIntegerField()),
                ("checked_by_id", models.BigIntegerField(null=True)),
                ("checked_against", jardam.fields.Text(blank=True, max_length=200)),
                (
                    "checker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts_to_check",
                        to="parties.organisation",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_accounts",
                        to="parties.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["checker", "state", "id"], name="bank_account_by_checker")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("proposed", "confirmed", "rejected"))),
                        name="bank_account_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_by_id", None),
                            models.Q(("checked_by_id", models.F("proposed_by_id")), _negated=True),
                            _connector="OR",
                        ),
                        name="bank_account_proposer_is_not_checker",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "confirmed"), _negated=True),
                            ("checked_by_id__isnull", False),
                            _connector="OR",
                        ),
                        name="bank_account_checked",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Profile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.CharField(max_length=16)),
                ("content", models.JSONField()),
                ("valid_from", models.DateField()),
                ("act_id", models.BigIntegerField()),
                (
                    "file",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.file"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="profile", to="parties.organisation"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organisation", "part", "valid_from"], name="profile_by_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("part__in", ["address", "phone", "head", "founders", "staff", "charter"])),
                        name="profile_part_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RestrictionLift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lifted_on", models.DateField()),
                ("document", jardam.fields.Text(max_length=200)),
                ("act_id", models.BigIntegerField()),
                (
                    "restriction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lift", to="parties.restriction"
                    ),
                ),
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
                (
                    "predecessor",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="succession",
                        to="parties.organisation",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successions",
                        to="parties.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("predecessor", models.F("successor")), _negated=True),
                        name="succession_by_another",
                    )
                ],
            },
        ),
    ]
