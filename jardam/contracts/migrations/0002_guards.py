"""Triggers: what no code path of this room can go round."""

from django.db import migrations

from jardam.journal.schema import append_only, guard_state


class Migration(migrations.Migration):
    dependencies = [("contracts", "0001_initial"), ("journal", "0002_guards")]
    operations = [
        append_only("contracts_tranche"),
        append_only("contracts_acceptance"),
        guard_state("contracts_contract", "contract"),
        guard_state("contracts_report", "report"),
    ]
