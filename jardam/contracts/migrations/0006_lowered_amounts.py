"""What amendments lower: the amount of a contract and its last tranches."""

import django.db.models.deletion
from django.db import migrations, models

import jardam.fields
from jardam.journal.schema import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0005_void_contract"),
        ("parties", "0006_profile_guards"),
        ("review", "0006_appeal_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="TrancheCut",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("leaves", jardam.fields.Amount()),
                ("act_id", models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="amendment",
            name="lowered",
            field=jardam.fields.Amount(default=0),
        ),
        migrations.AddField(
            model_name="contract",
            name="lowered",
            field=jardam.fields.Amount(default=0),
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.CheckConstraint(
                condition=models.Q(("lowered__gte", 0)), name="amendment_lowered_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(("lowered__gte", 0)), name="contract_lowered_not_negative"
            ),
        ),
        migrations.AddField(
            model_name="tranchecut",
            name="tranche",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="cuts", to="contracts.tranche"
            ),
        ),
        migrations.AddConstraint(
            model_name="tranchecut",
            constraint=models.CheckConstraint(condition=models.Q(("leaves__gte", 0)), name="tranche_cut_not_negative"),
        ),
        append_only("contracts_tranchecut"),
    ]
