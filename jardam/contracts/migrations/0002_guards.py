"""Triggers: what no code path of this room can go round."""

from django.db import migrations

from jardam.journal.schema import append_only, guard_state


class Migration(migrations.Migration):
    dependencies = [("contracts", "0001_tables"), ("journal", "0002_guards")]
    operations = [
        append_only("contracts_tranche"),
        append_only("contracts_acceptance"),
        guard_state("contracts_contract", "contract"),
        guard_state("contracts_report", "report"),
        append_only("contracts_plan"),
        append_only("contracts_repayment"),
        append_only("contracts_termination"),
        guard_state("contracts_expense", "expense"),
        guard_state("contracts_amendment", "amendment"),
        guard_state("contracts_letter", "letter"),
        guard_state("contracts_asset", "asset"),
        guard_state("contracts_return", "return"),
        guard_state("contracts_inksignature", "ink_signature"),
        append_only("contracts_tranchecut"),
    ]
