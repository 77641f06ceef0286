import django.db.models.deletion
from django.db import migrations, models

import jardam.fields


class Migration(migrations.Migration):
    replaces = [("treasury", "0001_initial"), ("treasury", "0003_way_of_a_payment"), ("treasury", "0004_statements")]

    initial = True

    dependencies = [
        ("documents", "0002_guards"),
        ("journal", "0002_guards"),
        ("parties", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Appropriation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("organisation_id", models.BigIntegerField()),
                ("owner_kind", models.CharField(max_length=24)),
                ("owner_id", models.BigIntegerField()),
                ("year", models.PositiveSmallIntegerField()),
                ("source", models.CharField(max_length=12)),
                ("line", models.CharField(max_length=40)),
                ("code", models.CharField(blank=True, max_length=20)),
                ("amount", jardam.fields.Amount()),
                ("currency", models.CharField(default="KGS", max_length=3)),
                ("unit", models.CharField(max_length=8)),
                ("document", jardam.fields.Text(max_length=200)),
                ("document_on", models.DateField()),
                (
                    "carried_from",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="carried_to",
                        to="treasury.appropriation",
                    ),
                ),
                ("is_existing", models.BooleanField(default=False)),
                ("version", models.PositiveSmallIntegerField(default=1)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["owner_kind", "owner_id", "id"], name="appropriation_by_owner"),
                    models.Index(fields=["organisation_id", "year", "id"], name="appropriation_by_year"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["republican", "local", "transfer", "donor"])),
                        name="appropriation_source_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("recorded", "closed"))), name="appropriation_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__gt", 0), models.Q(("amount", 0), ("version__gt", 1)), _connector="OR"
                        ),
                        name="appropriation_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stage", models.CharField(max_length=12)),
                ("owner_kind", models.CharField(max_length=24)),
                ("owner_id", models.BigIntegerField()),
                ("currency", models.CharField(default="KGS", max_length=3)),
                (
                    "appropriation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="treasury.appropriation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner_kind", "owner_id", "stage", "appropriation"), name="account_one_of_a_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "stage__in",
                                [
                                    "authority",
                                    "appropriated",
                                    "allocated",
                                    "reserved",
                                    "committed",
                                    "ordered",
                                    "paid",
                                    "returned",
                                    "obligation",
                                    "undelivered",
                                    "accepted",
                                    "short",
                                    "lapsed",
                                    "carried",
                                    "payable",
                                ],
                            )
                        ),
                        name="account_stage_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("source_kind", models.CharField(max_length=24)),
                ("source_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "reverses",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="treasury.posting",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["source_kind", "source_id", "id"], name="posting_by_source")],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", jardam.fields.Amount()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="treasury.account"
                    ),
                ),
                (
                    "posting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="treasury.posting"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount", 0), _negated=True), name="entry_not_zero")
                ],
            },
        ),
        migrations.CreateModel(
            name="Balance",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="balance",
                        serialize=False,
                        to="treasury.account",
                    ),
                ),
                ("amount", jardam.fields.Amount(default=0)),
                ("stage", models.CharField(max_length=12)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__gte", 0), ("stage__in", ["authority", "obligation", "short"]), _connector="OR"
                        ),
                        name="balance_not_negative",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AppropriationVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("amount", jardam.fields.Amount()),
                ("unit", models.CharField(max_length=8)),
                ("document", jardam.fields.Text(max_length=200)),
                ("document_on", models.DateField()),
                ("reason", jardam.fields.Text(max_length=300)),
                ("act_id", models.BigIntegerField()),
                (
                    "appropriation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="treasury.appropriation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("appropriation", "number"), name="appropriation_version_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CashPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("organisation_id", models.BigIntegerField()),
                ("year", models.PositiveSmallIntegerField()),
                ("line", models.CharField(max_length=40)),
                ("version", models.PositiveSmallIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("planned",))), name="cash_plan_state_known"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation_id", "year", "line"), name="cash_plan_one_of_a_line"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CashPlanMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField()),
                ("month", models.PositiveSmallIntegerField()),
                ("amount", jardam.fields.Amount()),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="months", to="treasury.cashplan"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "version", "month"), name="cash_plan_month_once"),
                    models.CheckConstraint(
                        condition=models.Q(("month__gte", 1), ("month__lte", 12)), name="cash_plan_month_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="cash_plan_month_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CashPlanVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("reason", jardam.fields.Text(max_length=300)),
                ("act_id", models.BigIntegerField()),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="treasury.cashplan"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("plan", "number"), name="cash_plan_version_once")],
            },
        ),
        migrations.CreateModel(
            name="PaymentPackage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("organisation_id", models.BigIntegerField()),
                ("first_id", models.BigIntegerField()),
                ("second_id", models.BigIntegerField()),
                ("first_signed_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["organisation_id", "state", "id"], name="package_by_payer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("drawn_up", "half_signed", "sent", "dissolved"))),
                        name="package_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first_id", models.F("second_id")), _negated=True),
                        name="package_two_signatories",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), _negated=True),
                            models.Q(("first_signed_at__isnull", False), ("sent_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="package_sent_with_both",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("organisation_id", models.BigIntegerField()),
                ("payee_id", models.BigIntegerField()),
                ("owner_kind", models.CharField(max_length=24)),
                ("owner_id", models.BigIntegerField()),
                ("source_kind", models.CharField(max_length=24)),
                ("source_id", models.BigIntegerField()),
                ("amount", jardam.fields.Amount()),
                ("currency", models.CharField(default="KGS", max_length=3)),
                ("maker_id", models.BigIntegerField()),
                ("checker_id", models.BigIntegerField(null=True)),
                ("document_number", jardam.fields.Text(blank=True, max_length=40)),
                ("executed_on", models.DateField(null=True)),
                ("refusal_code", models.CharField(blank=True, max_length=24)),
                (
                    "appropriation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="treasury.appropriation"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.bankaccount",
                    ),
                ),
                ("is_existing", models.BooleanField(default=False)),
                ("origin", models.CharField(default="committed", max_length=12)),
                ("sent_on", models.DateField(null=True)),
                ("settled_on", models.DateField(null=True)),
                (
                    "package",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="treasury.paymentpackage",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["owner_kind", "owner_id", "id"], name="payment_by_owner"),
                    models.Index(fields=["source_kind", "source_id", "id"], name="payment_by_source"),
                    models.Index(fields=["state", "id"], name="payment_by_state"),
                    models.Index(fields=["document_number", "executed_on"], name="payment_by_document"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="payment_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checker_id", None),
                            models.Q(("checker_id", models.F("maker_id")), _negated=True),
                            _connector="OR",
                        ),
                        name="payment_maker_is_not_checker",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                (
                                    "prepared",
                                    "packed",
                                    "approved",
                                    "executed",
                                    "credited",
                                    "refused",
                                    "bounced",
                                    "withdrawn",
                                    "entered",
                                ),
                            )
                        ),
                        name="payment_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["approved", "executed", "credited", "bounced"]), _negated=True),
                            ("checker_id__isnull", False),
                            _connector="OR",
                        ),
                        name="payment_approved_by_a_second",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["executed", "credited", "bounced"]), _negated=True),
                            models.Q(models.Q(("document_number", ""), _negated=True), ("executed_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="payment_executed_with_document",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Shortfall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("missing", jardam.fields.Amount()),
                (
                    "appropriation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shortfalls",
                        to="treasury.appropriation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("open", "resolved"))), name="shortfall_state_known"
                    ),
                    models.CheckConstraint(condition=models.Q(("missing__gt", 0)), name="shortfall_positive"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")), fields=("appropriation",), name="shortfall_one_open"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="YearClose",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("organisation_id", models.BigIntegerField()),
                ("year", models.PositiveSmallIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("closed",))), name="year_close_state_known"
                    ),
                    models.UniqueConstraint(fields=("organisation_id", "year"), name="year_close_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="YearCloseLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("outcome", models.CharField(max_length=12)),
                ("amount", jardam.fields.Amount()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="treasury.account"
                    ),
                ),
                (
                    "close",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="treasury.yearclose"
                    ),
                ),
                (
                    "posting",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="treasury.posting"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["lapse", "carry_over", "payable"])),
                        name="year_close_outcome_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("organisation_id", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("lines_count", models.PositiveIntegerField()),
                ("total_out", jardam.fields.Amount()),
                ("total_in", jardam.fields.Amount()),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.file"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("imported",))), name="statement_state_known"
                    ),
                    models.UniqueConstraint(fields=("organisation_id", "sha256"), name="statement_file_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatementLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", jardam.fields.Ref()),
                ("number", models.PositiveIntegerField()),
                ("day", models.DateField()),
                ("document", jardam.fields.Text(max_length=40)),
                ("amount", jardam.fields.Amount()),
                ("direction", models.CharField(max_length=3)),
                ("account", jardam.fields.Text(blank=True, max_length=34)),
                ("found", models.CharField(max_length=12)),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="treasury.paymentorder",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="treasury.statement"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["statement", "found", "id"], name="statement_line_by_found")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("found__in", ["matched", "returned", "unmatched"])),
                        name="statement_line_found_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("direction__in", ["out", "in"])), name="statement_line_direction_known"
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="statement_line_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("found", "unmatched"), ("payment", None)),
                            models.Q(models.Q(("found", "unmatched"), _negated=True), ("payment__isnull", False)),
                            _connector="OR",
                        ),
                        name="statement_line_none_orphaned",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("found", "matched")),
                        fields=("payment",),
                        name="statement_line_one_payment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LineMatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("reason", jardam.fields.Text(max_length=300)),
                ("proposed_by_id", models.BigIntegerField()),
                ("checked_by_id", models.BigIntegerField(null=True)),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="treasury.paymentorder"
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="matches",
                        to="treasury.statementline",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("proposed", "confirmed", "rejected"))),
                        name="match_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_by_id", None),
                            models.Q(("checked_by_id", models.F("proposed_by_id")), _negated=True),
                            _connector="OR",
                        ),
                        name="match_checked_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "confirmed"), _negated=True),
                            ("checked_by_id__isnull", False),
                            _connector="OR",
                        ),
                        name="match_confirmed_by_a_second",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "rejected"), _negated=True),
                        fields=("line",),
                        name="match_one_of_a_line",
                    ),
                ],
            },
        ),
    ]
