import django.db.models.deletion
from django.db import migrations, models

import jardam.fields


class Migration(migrations.Migration):
    replaces = [
        ("review", "0001_initial"),
        ("review", "0003_procedure"),
        ("review", "0004_procedure_guards"),
        ("review", "0005_appeals"),
        ("review", "0006_appeal_guards"),
        ("review", "0007_seat_of_a_voting_secretary"),
    ]

    initial = True

    dependencies = [
        ("contests", "0002_guards"),
        ("documents", "0002_guards"),
        ("journal", "0002_guards"),
        ("parties", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Commission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("order_number", jardam.fields.Text(max_length=40)),
                ("ordered_on", models.DateField()),
                (
                    "contest",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contests.contest"
                    ),
                ),
                ("term_from", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("appointed",))), name="commission_state_known"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.BigIntegerField()),
                ("mandate_id", models.BigIntegerField()),
                ("name", jardam.fields.Text(max_length=200)),
                ("side", models.CharField(max_length=8)),
                ("seat", models.CharField(max_length=20)),
                ("act_id", models.BigIntegerField()),
                (
                    "commission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="review.commission"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.organisation"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person_id"], name="member_by_person")],
                "constraints": [
                    models.UniqueConstraint(fields=("commission", "person_id", "seat"), name="member_sits_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Proceeding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("clock", models.JSONField(default=list)),
                (
                    "commission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="proceedings", to="review.commission"
                    ),
                ),
                (
                    "lot",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contests.lot"
                    ),
                ),
                ("mending_how", models.JSONField(null=True)),
                ("mending_until", models.DateTimeField(null=True)),
                ("round", models.PositiveSmallIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ("interests", "admissibility", "scoring", "revealed", "decided", "published"),
                            )
                        ),
                        name="proceeding_state_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Candidacy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("number", models.CharField(max_length=40)),
                ("ground", models.CharField(blank=True, max_length=40)),
                ("ground_text", jardam.fields.LongText(blank=True)),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contests.application"
                    ),
                ),
                (
                    "proceeding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="candidacies", to="review.proceeding"
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=1)),
            ],
            options={
                "indexes": [models.Index(fields=["proceeding", "id"], name="candidacy_by_proceeding")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "rejected"), _negated=True),
                            models.Q(("ground", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="candidacy_rejected_with_ground",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ("listed", "admitted", "rejected", "awarded", "reserve", "not_awarded", "declined"),
                            )
                        ),
                        name="candidacy_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Interest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("conflicted", models.BooleanField()),
                ("act_id", models.BigIntegerField()),
                (
                    "candidacy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="interests", to="review.candidacy"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="interests", to="review.member"
                    ),
                ),
                ("denial", jardam.fields.LongText(blank=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("member", "candidacy"), name="interest_declared_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Protocol",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("number", models.CharField(max_length=40, unique=True)),
                ("content", models.BinaryField()),
                ("content_sha256", models.CharField(max_length=64)),
                ("hash_v", models.PositiveSmallIntegerField()),
                ("published_at", models.DateTimeField(null=True)),
                ("signing_from", models.DateTimeField(null=True)),
                (
                    "proceeding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="protocols", to="review.proceeding"
                    ),
                ),
                ("appeal_until", models.DateTimeField(null=True)),
                ("round", models.PositiveSmallIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("proceeding", "round"), name="protocol_once_a_round"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("drafted", "signed", "published", "superseded"))),
                        name="protocol_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Award",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", jardam.fields.Ref()),
                ("project_title", jardam.fields.Text(max_length=300)),
                ("rank", models.PositiveSmallIntegerField()),
                ("amount", jardam.fields.Amount()),
                ("requested", jardam.fields.Amount()),
                ("act_id", models.BigIntegerField()),
                (
                    "applicant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.organisation"
                    ),
                ),
                (
                    "candidacy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="awards", to="review.candidacy"
                    ),
                ),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="awards", to="review.protocol"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0), ("amount__lte", models.F("requested"))),
                        name="award_within_request",
                    ),
                    models.UniqueConstraint(fields=("candidacy", "protocol"), name="award_once_a_protocol"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScoreSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sealed", models.BinaryField()),
                ("act_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "candidacy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sheets", to="review.candidacy"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sheets", to="review.member"
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("member", "candidacy", "round"), name="score_sheet_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Adjournment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("held_on", models.DateField()),
                ("present", models.PositiveSmallIntegerField()),
                ("needed", models.PositiveSmallIntegerField()),
                ("act_id", models.BigIntegerField()),
                (
                    "proceeding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="adjournments",
                        to="review.proceeding",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("proceeding", "number"), name="sitting_number_once")],
            },
        ),
        migrations.CreateModel(
            name="Cut",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("amount", jardam.fields.Amount()),
                ("reason", jardam.fields.LongText()),
                ("answer_until", models.DateTimeField()),
                (
                    "candidacy",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cut", to="review.candidacy"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("proposed", "agreed", "refused"))), name="cut_state_known"
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="cut_leaves_something"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Departure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order_number", jardam.fields.Text(max_length=40)),
                ("left_on", models.DateField()),
                ("act_id", models.BigIntegerField()),
                (
                    "commission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="departures", to="review.commission"
                    ),
                ),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="departure", to="review.member"
                    ),
                ),
                (
                    "successor",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="arrival", to="review.member"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Mending",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("ground", models.CharField(max_length=40)),
                ("places", models.JSONField(default=list)),
                ("note", jardam.fields.LongText()),
                ("version_before", models.PositiveSmallIntegerField(null=True)),
                ("version_after", models.PositiveSmallIntegerField(null=True)),
                ("mended_at", models.DateTimeField(null=True)),
                (
                    "candidacy",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="mending", to="review.candidacy"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("noted", "asked", "mended", "lapsed"))),
                        name="mending_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "mended"), _negated=True),
                            ("version_after__gt", models.F("version_before")),
                            _connector="OR",
                        ),
                        name="mending_made_a_later_version",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recusal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ground", models.CharField(max_length=24)),
                ("text", jardam.fields.LongText()),
                ("proven", models.BooleanField()),
                ("at", models.DateTimeField()),
                ("act_id", models.BigIntegerField()),
                (
                    "candidacy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="recusals", to="review.candidacy"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="recusals", to="review.member"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("member", "candidacy"), name="recusal_once")],
            },
        ),
        migrations.CreateModel(
            name="ReserveCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("released", models.DecimalField(decimal_places=2, max_digits=18)),
                ("act_id", models.BigIntegerField()),
                (
                    "called",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="called_for",
                        to="review.candidacy",
                    ),
                ),
                (
                    "declined",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="replaced_by", to="review.candidacy"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AppealPanel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("order_number", jardam.fields.Text(max_length=40)),
                ("ordered_on", models.DateField()),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.organisation"
                    ),
                ),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contests.contest"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("appointed",))), name="appeal_panel_state_known"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("number", models.CharField(max_length=40, unique=True)),
                ("subject", models.CharField(max_length=16)),
                ("sealed", models.BinaryField()),
                ("content_sha256", models.CharField(max_length=64)),
                ("hash_v", models.PositiveSmallIntegerField()),
                ("filed_at", models.DateTimeField()),
                ("answer_by", models.DateTimeField()),
                ("answer", jardam.fields.LongText(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("ground", models.CharField(blank=True, max_length=16)),
                ("step", models.CharField(blank=True, max_length=16)),
                (
                    "appellant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.organisation"
                    ),
                ),
                (
                    "attachment",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.file"
                    ),
                ),
                (
                    "candidacy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="appeals", to="review.candidacy"
                    ),
                ),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="appeals", to="review.protocol"
                    ),
                ),
                (
                    "panel",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to="review.appealpanel",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "id"], name="appeal_by_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ("filed", "taken_up", "upheld", "rejected", "withdrawn", "unexamined", "carried_out"),
                            )
                        ),
                        name="appeal_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "withdrawn"), _negated=True),
                        fields=("protocol", "candidacy"),
                        name="appeal_once_a_protocol",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["filed", "taken_up", "withdrawn"]),
                            models.Q(("answer", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="appeal_answered_in_words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["upheld", "carried_out"]), _negated=True),
                            models.Q(("step", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="appeal_upheld_with_step",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Erratum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("number", models.PositiveSmallIntegerField()),
                ("content", models.BinaryField()),
                ("content_sha256", models.CharField(max_length=64)),
                ("hash_v", models.PositiveSmallIntegerField()),
                ("published_at", models.DateTimeField(null=True)),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="errata", to="review.protocol"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("drafted", "published"))), name="erratum_state_known"
                    ),
                    models.UniqueConstraint(fields=("protocol", "number"), name="erratum_number_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PanelMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.BigIntegerField()),
                ("mandate_id", models.BigIntegerField()),
                ("name", jardam.fields.Text(max_length=200)),
                ("seat", models.CharField(max_length=12)),
                ("act_id", models.BigIntegerField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.organisation"
                    ),
                ),
                (
                    "panel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="review.appealpanel"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person_id"], name="panel_member_by_person")],
                "constraints": [models.UniqueConstraint(fields=("panel", "person_id"), name="panel_member_sits_once")],
            },
        ),
        migrations.CreateModel(
            name="Returned",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act_id", models.BigIntegerField()),
                (
                    "appeal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="returned", to="review.appeal"
                    ),
                ),
                (
                    "candidacy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="review.candidacy"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("appeal", "candidacy"), name="returned_once_by_an_appeal")
                ],
            },
        ),
    ]
