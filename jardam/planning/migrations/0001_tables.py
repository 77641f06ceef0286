import django.db.models.deletion
from django.db import migrations, models

import jardam.fields


class Migration(migrations.Migration):
    replaces = [
        ("planning", "0001_initial"),
        ("planning", "0003_people_speak"),
        ("planning", "0004_council_and_year"),
        ("planning", "0005_sections_and_studies"),
        ("planning", "0006_versions"),
        ("planning", "0007_version_guards"),
    ]

    initial = True

    dependencies = [
        ("documents", "0002_guards"),
        ("journal", "0002_guards"),
        ("parties", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Study",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("title", jardam.fields.Localised()),
                ("year", models.PositiveSmallIntegerField()),
                ("method", jardam.fields.LongText()),
                ("sources", jardam.fields.LongText()),
                ("published_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.organisation"
                    ),
                ),
                (
                    "territory",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.territory",
                    ),
                ),
                ("period_from", models.DateField(null=True)),
                ("period_to", models.DateField(null=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("period_from", None),
                            ("period_to", None),
                            ("period_to__gte", models.F("period_from")),
                            _connector="OR",
                        ),
                        name="study_period_forward",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Programme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("title", jardam.fields.Localised()),
                ("goal", jardam.fields.Localised()),
                ("year_from", models.PositiveSmallIntegerField()),
                ("year_to", models.PositiveSmallIntegerField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.organisation"
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="programmes",
                        to="planning.study",
                    ),
                ),
                ("public_since", models.DateTimeField(null=True)),
                ("level", models.CharField(blank=True, default="", max_length=12)),
                ("part_of", jardam.fields.Text(blank=True, default="", max_length=300)),
                ("recorded_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["customer", "id"], name="programme_by_customer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("year_to__gte", models.F("year_from"))), name="programme_years_forward"
                    ),
                    models.CheckConstraint(
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
                                ),
                            )
                        ),
                        name="programme_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Adoption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", jardam.fields.Text(max_length=40)),
                ("adopted_on", models.DateField()),
                ("members", models.PositiveSmallIntegerField(null=True)),
                ("quorum", models.PositiveSmallIntegerField(null=True)),
                ("present", models.PositiveSmallIntegerField(null=True)),
                ("votes_for", models.PositiveSmallIntegerField(null=True)),
                ("votes_against", models.PositiveSmallIntegerField(null=True)),
                ("abstained", models.PositiveSmallIntegerField(null=True)),
                ("act_id", models.BigIntegerField()),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.organisation"
                    ),
                ),
                (
                    "programme",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="adoption", to="planning.programme"
                    ),
                ),
                ("in_force_on", models.DateField(null=True)),
                ("register_number", jardam.fields.Text(blank=True, default="", max_length=60)),
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
            name="StudyGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("group", models.CharField(max_length=40)),
                ("title", jardam.fields.Localised()),
                ("headcount", models.PositiveIntegerField()),
                ("served", models.PositiveIntegerField()),
                ("severity", models.PositiveSmallIntegerField()),
                ("unit_cost", jardam.fields.Amount()),
                ("act_id", models.BigIntegerField()),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="groups", to="planning.study"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("study", "group"), name="study_group_once"),
                    models.CheckConstraint(
                        condition=models.Q(("severity__range", (1, 5))), name="study_severity_1_to_5"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Measure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", jardam.fields.Ref()),
                ("form", models.CharField(max_length=12)),
                ("group", models.CharField(max_length=40)),
                ("title", jardam.fields.Localised()),
                ("year", models.PositiveSmallIntegerField()),
                ("amount", jardam.fields.Amount()),
                ("indicator", jardam.fields.Localised()),
                ("baseline", models.PositiveIntegerField()),
                ("target", models.PositiveIntegerField()),
                ("act_id", models.BigIntegerField()),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="measures", to="planning.programme"
                    ),
                ),
                ("place", jardam.fields.Text(blank=True, default="", max_length=200)),
                ("unit", jardam.fields.Text(blank=True, default="", max_length=60)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("form__in", ("grants", "vouchers", "purchases"))),
                        name="measure_form_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="measure_amount_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("text", jardam.fields.LongText()),
                ("made_by_id", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                ("answer", jardam.fields.LongText(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.organisation",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="comments", to="planning.programme"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["programme", "state", "id"], name="comment_by_programme")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("made", "taken_up", "turned_down"))),
                        name="comment_state_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Discussion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("opened_at", models.DateTimeField()),
                ("closes_at", models.DateTimeField()),
                ("act_id", models.BigIntegerField()),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="discussions",
                        to="planning.programme",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("closes_at__gt", models.F("opened_at"))), name="discussion_ends_later"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Problem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("group", models.CharField(max_length=40)),
                ("place", jardam.fields.Text(max_length=200)),
                ("text", jardam.fields.LongText()),
                ("proposed_by_id", models.BigIntegerField()),
                ("proposed_at", models.DateTimeField()),
                ("ground", models.CharField(blank=True, max_length=24)),
                ("answer", jardam.fields.LongText(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.organisation"
                    ),
                ),
                (
                    "measure",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="problems",
                        to="planning.measure",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "state", "id"], name="problem_by_customer"),
                    models.Index(fields=["proposed_by_id", "id"], name="problem_by_proposer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("proposed", "published", "declined", "taken_up", "turned_down"))
                        ),
                        name="problem_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("measure__isnull", False), ("state", "taken_up")),
                            models.Q(models.Q(("state", "taken_up"), _negated=True), ("measure", None)),
                            _connector="OR",
                        ),
                        name="problem_measure_if_taken_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CommitteeOpinion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("committee", jardam.fields.Text(max_length=200)),
                ("opinion", models.CharField(max_length=12)),
                ("text", jardam.fields.LongText(blank=True)),
                ("given_on", models.DateField()),
                ("act_id", models.BigIntegerField()),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="opinions", to="planning.programme"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("opinion__in", ("support", "remarks", "against"))),
                        name="committee_opinion_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CouncilReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                ("figures", models.JSONField()),
                ("text", jardam.fields.LongText()),
                ("reported_at", models.DateTimeField()),
                ("act_id", models.BigIntegerField()),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="planning.programme"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("programme", "year"), name="council_report_once")],
            },
        ),
        migrations.CreateModel(
            name="Gathering",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                ("held_on", models.DateField()),
                ("headcount", models.PositiveIntegerField()),
                ("questions", jardam.fields.LongText(blank=True)),
                ("answers", jardam.fields.LongText(blank=True)),
                ("act_id", models.BigIntegerField()),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="gatherings", to="planning.programme"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("published_on", models.DateField()),
                ("place", jardam.fields.Text(max_length=300)),
                ("act_id", models.BigIntegerField()),
                (
                    "programme",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="publication",
                        to="planning.programme",
                    ),
                ),
                ("register_number", jardam.fields.Text(blank=True, default="", max_length=60)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProgrammeSection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40)),
                ("text", jardam.fields.Localised()),
                ("act_id", models.BigIntegerField()),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sections", to="planning.programme"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["programme", "code", "id"], name="section_by_programme")],
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("number", models.PositiveSmallIntegerField()),
                ("reason", jardam.fields.LongText()),
                ("public_since", models.DateTimeField(null=True)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="revisions", to="planning.programme"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("draft", "submitted", "adopted", "rejected", "dropped"))),
                        name="revision_state_known",
                    ),
                    models.UniqueConstraint(fields=("programme", "number"), name="revision_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("draft", "submitted"))),
                        fields=("programme",),
                        name="revision_one_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CouncilDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("number", jardam.fields.Text(blank=True, max_length=40)),
                ("decided_on", models.DateField()),
                ("members", models.PositiveSmallIntegerField(null=True)),
                ("quorum", models.PositiveSmallIntegerField(null=True)),
                ("present", models.PositiveSmallIntegerField(null=True)),
                ("votes_for", models.PositiveSmallIntegerField(null=True)),
                ("votes_against", models.PositiveSmallIntegerField(null=True)),
                ("abstained", models.PositiveSmallIntegerField(null=True)),
                ("reason", jardam.fields.LongText(blank=True)),
                ("act_id", models.BigIntegerField()),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="planning.programme"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.file"
                    ),
                ),
                ("in_force_on", models.DateField(null=True)),
                ("register_number", jardam.fields.Text(blank=True, default="", max_length=60)),
                (
                    "revision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="planning.revision",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ("returned", "rejected", "annulled")),
                            models.Q(("kind", "adopted"), ("revision__isnull", False)),
                            _connector="OR",
                        ),
                        name="council_decision_kind_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MeasureVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", jardam.fields.Amount()),
                ("indicator", jardam.fields.Localised()),
                ("unit", jardam.fields.Text(blank=True, default="", max_length=60)),
                ("place", jardam.fields.Text(blank=True, default="", max_length=200)),
                ("baseline", models.PositiveIntegerField()),
                ("target", models.PositiveIntegerField()),
                ("act_id", models.BigIntegerField()),
                (
                    "measure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="planning.measure"
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="planning.revision"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("measure", "revision"), name="measure_version_once")],
            },
        ),
        migrations.CreateModel(
            name="RevisedMeasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40)),
                ("form", models.CharField(max_length=12)),
                ("group", models.CharField(max_length=40)),
                ("title", jardam.fields.Localised()),
                ("year", models.PositiveSmallIntegerField()),
                ("amount", jardam.fields.Amount()),
                ("indicator", jardam.fields.Localised()),
                ("unit", jardam.fields.Text(blank=True, default="", max_length=60)),
                ("place", jardam.fields.Text(blank=True, default="", max_length=200)),
                ("baseline", models.PositiveIntegerField()),
                ("target", models.PositiveIntegerField()),
                ("act_id", models.BigIntegerField()),
                (
                    "measure",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="planning.measure"
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="measures", to="planning.revision"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["revision", "key", "id"], name="revised_by_revision")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("form__in", ("grants", "vouchers", "purchases"))),
                        name="revised_form_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="revised_amount_not_negative"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RevisedSection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40)),
                ("text", jardam.fields.Localised()),
                ("act_id", models.BigIntegerField()),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sections", to="planning.revision"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
