"""Triggers of what hangs on a contract."""

from django.db import migrations

from jardam.journal.schema import append_only, guard_state


class Migration(migrations.Migration):
    dependencies = [("contracts", "0003_widening")]
    operations = [
        append_only("contracts_plan"),
        append_only("contracts_repayment"),
        append_only("contracts_termination"),
        guard_state("contracts_expense", "expense"),
        guard_state("contracts_amendment", "amendment"),
        guard_state("contracts_letter", "letter"),
        guard_state("contracts_asset", "asset"),
        guard_state("contracts_return", "return"),
        guard_state("contracts_inksignature", "ink_signature"),
    ]
