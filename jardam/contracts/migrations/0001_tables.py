import django.db.models.deletion
from django.db import migrations, models

import jardam.fields


class Migration(migrations.Migration):
    replaces = [
        ("contracts", "0001_initial"),
        ("contracts", "0003_widening"),
        ("contracts", "0004_widening_guards"),
        ("contracts", "0005_void_contract"),
        ("contracts", "0006_lowered_amounts"),
        ("contracts", "0007_penalties"),
    ]

    initial = True

    dependencies = [
        ("documents", "0002_guards"),
        ("journal", "0002_guards"),
        ("parties", "0002_guards"),
        ("review", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Contract",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("number", models.CharField(max_length=40, null=True, unique=True)),
                ("title", jardam.fields.Text(max_length=300)),
                ("amount", jardam.fields.Amount()),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("content", models.BinaryField()),
                ("content_sha256", models.CharField(max_length=64)),
                ("hash_v", models.PositiveSmallIntegerField()),
                ("signed_at", models.DateTimeField(null=True)),
                (
                    "award",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="review.award"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.organisation"
                    ),
                ),
                (
                    "executor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.organisation"
                    ),
                ),
                ("lowered", jardam.fields.Amount(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "id"], name="contract_by_customer"),
                    models.Index(fields=["executor", "id"], name="contract_by_executor"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="contract_amount_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="contract_ends_later"
                    ),
                    models.CheckConstraint(
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
                                ),
                            )
                        ),
                        name="contract_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lowered__gte", 0)), name="contract_lowered_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tranche",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", jardam.fields.Ref()),
                ("number", models.PositiveSmallIntegerField()),
                ("amount", jardam.fields.Amount()),
                ("condition", models.CharField(max_length=8)),
                ("act_id", models.BigIntegerField()),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tranches", to="contracts.contract"
                    ),
                ),
                ("milestone", jardam.fields.Text(blank=True, max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("contract", "number"), name="tranche_number_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="tranche_amount_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("narrative", jardam.fields.LongText()),
                ("people_served", models.PositiveIntegerField()),
                ("spent", jardam.fields.Amount()),
                ("remark", jardam.fields.LongText(blank=True)),
                ("submitted_at", models.DateTimeField()),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="contracts.contract"
                    ),
                ),
                (
                    "tranche",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="report", to="contracts.tranche"
                    ),
                ),
                ("due_on", models.DateField(null=True)),
                ("indicators", models.JSONField(default=list)),
                ("kind", models.CharField(default="interim", max_length=8)),
                ("other_funding", jardam.fields.LongText(blank=True)),
                ("returned_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("submitted", "returned", "accepted"))),
                        name="report_state_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("spent__gte", 0)), name="report_spent_not_negative"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Acceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", jardam.fields.Ref()),
                ("amount", jardam.fields.Amount()),
                ("accepted_on", models.DateField()),
                ("act_id", models.BigIntegerField()),
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="acceptance", to="contracts.report"
                    ),
                ),
                ("content_sha256", models.CharField(blank=True, max_length=64)),
                ("number", models.CharField(max_length=40, null=True, unique=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Amendment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("number", models.PositiveSmallIntegerField()),
                ("reason", models.CharField(max_length=24)),
                ("explanation", jardam.fields.LongText()),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("moved", jardam.fields.Amount(default=0)),
                ("content", models.BinaryField()),
                ("content_sha256", models.CharField(max_length=64)),
                ("hash_v", models.PositiveSmallIntegerField()),
                ("signed_at", models.DateTimeField(null=True)),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="amendments", to="contracts.contract"
                    ),
                ),
                ("lowered", jardam.fields.Amount(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("proposed", "half_signed", "in_force", "declined"))),
                        name="amendment_state_known",
                    ),
                    models.UniqueConstraint(fields=("contract", "number"), name="amendment_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("lowered__gte", 0)), name="amendment_lowered_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Expense",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("line", models.PositiveSmallIntegerField()),
                ("title", jardam.fields.Text(max_length=200)),
                ("payee_kind", models.CharField(max_length=16)),
                ("payee", jardam.fields.Text(blank=True, max_length=200)),
                ("document", jardam.fields.Text(max_length=80)),
                ("document_on", models.DateField()),
                ("amount", jardam.fields.Amount()),
                ("net", jardam.fields.Amount(null=True)),
                ("accepted", jardam.fields.Amount(null=True)),
                ("remark", jardam.fields.LongText(blank=True)),
                ("answer", jardam.fields.LongText(blank=True)),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contracts.contract"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.file"
                    ),
                ),
                (
                    "tranche",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="expenses", to="contracts.tranche"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["contract", "id"], name="expense_by_contract")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("entered", "withdrawn", "questioned", "not_eligible", "accepted"))
                        ),
                        name="expense_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("payee_kind__in", ["organisation", "entrepreneur", "person", "employee"])),
                        name="expense_payee_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="expense_amount_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("net", None), ("payee_kind__in", ["organisation", "entrepreneur", "person"])),
                            models.Q(("net__gt", 0), ("net__lte", models.F("amount")), ("payee_kind", "employee")),
                            _connector="OR",
                        ),
                        name="expense_net_within_gross",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted", None),
                            models.Q(("accepted__gte", 0), ("accepted__lte", models.F("amount"))),
                            _connector="OR",
                        ),
                        name="expense_accepted_within",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Asset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("inventory", jardam.fields.Text(max_length=40)),
                ("title", jardam.fields.Text(max_length=200)),
                ("value", jardam.fields.Amount()),
                ("place", jardam.fields.Text(max_length=200)),
                ("holder", jardam.fields.Text(max_length=200)),
                ("fate_document", jardam.fields.Text(blank=True, max_length=200)),
                ("taker", jardam.fields.Text(blank=True, max_length=200)),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assets", to="contracts.contract"
                    ),
                ),
                (
                    "expense",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assets", to="contracts.expense"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("held", "stays", "handed_over", "written_off"))),
                        name="asset_state_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("value__gt", 0)), name="asset_value_positive"),
                    models.UniqueConstraint(fields=("contract", "inventory"), name="asset_inventory_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="InkSignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("side", models.CharField(max_length=8)),
                ("signatory", jardam.fields.Text(max_length=200)),
                ("authority", jardam.fields.Text(max_length=200)),
                ("signed_on", models.DateField()),
                ("content_sha256", models.CharField(max_length=64)),
                ("entered_by_id", models.BigIntegerField()),
                ("checked_by_id", models.BigIntegerField(null=True)),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ink_signatures",
                        to="contracts.contract",
                    ),
                ),
                (
                    "scan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.file"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("entered", "checked", "rejected"))), name="ink_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["customer", "executor"])), name="ink_side_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_by_id", None),
                            models.Q(("checked_by_id", models.F("entered_by_id")), _negated=True),
                            _connector="OR",
                        ),
                        name="ink_checked_by_a_second",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "checked")), fields=("contract", "side"), name="ink_once_a_side"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("number", models.CharField(max_length=40, unique=True)),
                ("side", models.CharField(max_length=8)),
                ("subject", jardam.fields.Text(max_length=200)),
                ("body", jardam.fields.LongText()),
                ("sent_at", models.DateTimeField()),
                ("answer_by", models.DateField(null=True)),
                ("answer", jardam.fields.LongText(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answer_file",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.file"
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="letters", to="contracts.contract"
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
                "indexes": [models.Index(fields=["contract", "id"], name="letter_by_contract")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("sent", "waiting", "answered"))), name="letter_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["customer", "executor"])), name="letter_side_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "answered"), _negated=True),
                            models.Q(models.Q(("answer", ""), _negated=True), ("answered_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="letter_answered_with_text",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField()),
                ("source", models.CharField(max_length=12)),
                ("lines", models.JSONField()),
                ("indicators", models.JSONField()),
                ("moved", jardam.fields.Amount(default=0)),
                ("content_sha256", models.CharField(max_length=64)),
                ("act_id", models.BigIntegerField()),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="contracts.contract"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("contract", "version"), name="plan_version_once")],
            },
        ),
        migrations.CreateModel(
            name="Return",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("reason", models.CharField(max_length=16)),
                ("amount", jardam.fields.Amount()),
                ("settled", jardam.fields.Amount(default=0)),
                ("due_on", models.DateField()),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="returns", to="contracts.contract"
                    ),
                ),
                ("penalty", jardam.fields.Amount(default=0)),
                ("penalty_document", jardam.fields.Text(blank=True, max_length=40)),
                ("penalty_paid_on", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("demanded", "partly", "returned"))),
                        name="return_state_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="return_amount_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("settled__gte", 0), ("settled__lte", models.F("amount"))),
                        name="return_settled_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("penalty_document", ""), ("penalty_paid_on", None)),
                            models.Q(
                                ("penalty__gt", 0),
                                ("penalty_paid_on__isnull", False),
                                models.Q(("penalty_document", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="return_penalty_paid_with_document",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Repayment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", jardam.fields.Amount()),
                ("document", jardam.fields.Text(max_length=40)),
                ("paid_on", models.DateField()),
                ("act_id", models.BigIntegerField()),
                (
                    "demand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="repayments", to="contracts.return"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="repayment_positive")
                ],
            },
        ),
        migrations.CreateModel(
            name="Termination",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("side", models.CharField(max_length=8)),
                ("ground", models.CharField(max_length=40)),
                ("explanation", jardam.fields.LongText()),
                ("cure_until", models.DateField()),
                ("ends_on", models.DateField()),
                ("act_id", models.BigIntegerField()),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terminations",
                        to="contracts.contract",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TrancheCut",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("leaves", jardam.fields.Amount()),
                ("act_id", models.BigIntegerField()),
                (
                    "tranche",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cuts", to="contracts.tranche"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("leaves__gte", 0)), name="tranche_cut_not_negative")
                ],
            },
        ),
    ]
