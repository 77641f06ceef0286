import django.db.models.deletion
from django.db import migrations, models

import jardam.fields


class Migration(migrations.Migration):
    replaces = [
        ("contests", "0001_initial"),
        ("contests", "0003_contest_changes"),
        ("contests", "0004_contest_change_guards"),
        ("contests", "0005_applications"),
        ("contests", "0006_application_guards"),
        ("contests", "0007_sealed_files"),
        ("contests", "0008_lot_outcomes"),
    ]

    initial = True

    dependencies = [
        ("documents", "0002_guards"),
        ("journal", "0002_guards"),
        ("parties", "0002_guards"),
        ("planning", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Contest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("number", models.CharField(max_length=40, null=True, unique=True)),
                ("title", jardam.fields.Localised()),
                ("goal", jardam.fields.Localised(default=dict)),
                ("tasks", jardam.fields.Localised(default=dict)),
                ("problem", jardam.fields.Localised(default=dict)),
                ("contacts", jardam.fields.Text(blank=True, max_length=300)),
                ("months", models.PositiveSmallIntegerField(default=6)),
                ("announced_at", models.DateTimeField(null=True)),
                ("deadline_at", models.DateTimeField(null=True)),
                ("deadline_how", models.JSONField(null=True)),
                ("opened_at", models.DateTimeField(null=True)),
                ("edition", models.CharField(blank=True, max_length=40)),
                ("edition_revision", models.PositiveSmallIntegerField(null=True)),
                ("edition_sha256", models.CharField(blank=True, max_length=64)),
                ("settlement_bytes", models.BinaryField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.organisation"
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="planning.programme"
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=16)),
                (
                    "repeats",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="repetitions",
                        to="contests.contest",
                    ),
                ),
                ("suspended_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "id"], name="contest_by_state"),
                    models.Index(fields=["customer", "id"], name="contest_by_customer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "draft"),
                            models.Q(
                                ("announced_at__isnull", False),
                                ("deadline_at__isnull", False),
                                ("settlement_bytes__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="contest_announced_with_rules_and_deadline",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ("draft", "announced", "suspended", "opened", "decided", "cancelled", "void"),
                            )
                        ),
                        name="contest_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "suspended"), _negated=True),
                            ("suspended_at__isnull", False),
                            _connector="OR",
                        ),
                        name="contest_suspended_since",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("repeats__isnull", False)),
                        fields=("repeats",),
                        name="contest_repeated_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Lot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", jardam.fields.Ref()),
                ("number", models.PositiveSmallIntegerField()),
                ("amount", jardam.fields.Amount()),
                ("ceiling", jardam.fields.Amount()),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lots", to="contests.contest"
                    ),
                ),
                (
                    "measure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="planning.measure"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("contest", "number"), name="lot_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__gt", 0), ("ceiling__gt", 0), ("ceiling__lte", models.F("amount"))
                        ),
                        name="lot_amounts_fit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("content", models.BinaryField()),
                ("content_sha256", models.CharField(max_length=64)),
                ("hash_v", models.PositiveSmallIntegerField()),
                ("deadline_at", models.DateTimeField()),
                ("reason", jardam.fields.LongText(blank=True)),
                ("at", models.DateTimeField()),
                ("act_id", models.BigIntegerField()),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="announcements",
                        to="contests.contest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("contest", "number"), name="announcement_number_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Erratum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(max_length=16)),
                ("language", models.CharField(blank=True, max_length=2)),
                ("wrong", jardam.fields.LongText()),
                ("right", jardam.fields.LongText()),
                ("at", models.DateTimeField()),
                ("act_id", models.BigIntegerField()),
                (
                    "announcement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="errata", to="contests.announcement"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Order",
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
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="contests.contest"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.file"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Outage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("begins_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("ground", jardam.fields.Text(max_length=300)),
                ("registered_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("begins_at"))), name="outage_ends_after_it_begins"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Postponement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cause", models.CharField(max_length=16)),
                ("from_at", models.DateTimeField()),
                ("to_at", models.DateTimeField()),
                ("how", models.JSONField(null=True)),
                ("at", models.DateTimeField()),
                ("act_id", models.BigIntegerField()),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postponements",
                        to="contests.contest",
                    ),
                ),
                (
                    "outage",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postponements",
                        to="contests.outage",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("to_at__gte", models.F("from_at"))), name="postponement_forward"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("outage__isnull", False)),
                        fields=("contest", "outage"),
                        name="postponement_once_an_outage",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("asker_id", models.BigIntegerField()),
                ("text", jardam.fields.LongText()),
                ("asked_at", models.DateTimeField()),
                ("answer", jardam.fields.LongText(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="contests.contest"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["contest", "id"], name="question_by_contest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("asked", "answered"))), name="question_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("state", "asked")),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("state", "answered"),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="question_answered_with_an_answer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Paper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("number", models.CharField(max_length=40, null=True, unique=True)),
                ("received_at", models.DateTimeField()),
                ("sealed", models.BinaryField()),
                ("ground", models.CharField(blank=True, max_length=40)),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="contests.contest"
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="contests.lot"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["contest", "state", "id"], name="paper_by_contest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("registered", "late", "opened", "taken_in", "refused"))),
                        name="paper_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ground__gt", ""), ("state", "refused")),
                            models.Q(models.Q(("state", "refused"), _negated=True), ("ground", "")),
                            _connector="OR",
                        ),
                        name="paper_refused_on_a_ground",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("number", models.CharField(max_length=40, null=True, unique=True)),
                ("created_at", models.DateTimeField()),
                (
                    "applicant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.organisation"
                    ),
                ),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="applications", to="contests.contest"
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="applications", to="contests.lot"
                    ),
                ),
                ("keyed_by_id", models.BigIntegerField(null=True)),
                (
                    "paper",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="application",
                        to="contests.paper",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["contest", "state", "id"], name="application_by_contest"),
                    models.Index(fields=["applicant", "id"], name="application_by_applicant"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "withdrawn"), _negated=True),
                        fields=("lot", "applicant"),
                        name="application_one_living_in_a_lot",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "submitted", "withdrawn", "opened", "keying", "keyed"))
                        ),
                        name="application_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DraftSection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("section", models.CharField(max_length=16)),
                ("sealed", models.BinaryField()),
                ("saved_at", models.DateTimeField()),
                ("saved_by_id", models.BigIntegerField(null=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="draft_sections",
                        to="contests.application",
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("application", "section"), name="draft_section_once")],
            },
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", jardam.fields.Ref()),
                ("number", models.PositiveSmallIntegerField()),
                ("sealed", models.BinaryField()),
                ("content_sha256", models.CharField(max_length=64)),
                ("hash_v", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                ("act_id", models.BigIntegerField()),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="contests.application"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("application", "number"), name="version_number_once")],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", jardam.fields.Ref()),
                ("kind", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "application",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="contests.application",
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="contests.paper",
                    ),
                ),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.sealedfile"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("application__isnull", False), ("paper__isnull", True)),
                            models.Q(("application__isnull", True), ("paper__isnull", False)),
                            _connector="OR",
                        ),
                        name="attachment_of_one_thing",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Collaborator",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("hand", models.CharField(max_length=12)),
                ("invited_at", models.DateTimeField()),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="collaborators",
                        to="contests.application",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.person"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person", "state"], name="collaborator_by_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("invited", "accepted", "removed"))),
                        name="collaborator_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hand__in", ["editor", "accountant", "reader"])),
                        name="collaborator_hand_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "removed"), _negated=True),
                        fields=("application", "person"),
                        name="collaborator_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("sealed", models.BinaryField()),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="partners", to="contests.application"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organisation", "state"], name="partner_by_organisation")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("named", "confirmed", "declined", "removed"))),
                        name="partner_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "removed"), _negated=True),
                        fields=("application", "organisation"),
                        name="partner_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LotOutcome",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("outcome", models.CharField(max_length=16)),
                ("at", models.DateTimeField()),
                ("act_id", models.BigIntegerField()),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="outcomes", to="contests.lot"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
