"""Triggers: what no code path of this room can go round."""

from django.db import migrations

from jardam.journal.schema import append_only, guard_state
from jardam.treasury.schema import ZERO_SUM


class Migration(migrations.Migration):
    dependencies = [("treasury", "0001_tables"), ("journal", "0002_guards")]
    operations = [
        append_only("treasury_account"),
        append_only("treasury_posting"),
        append_only("treasury_entry"),
        guard_state("treasury_appropriation", "appropriation"),
        guard_state("treasury_paymentorder", "payment"),
        append_only("treasury_appropriationversion"),
        append_only("treasury_cashplanmonth"),
        append_only("treasury_cashplanversion"),
        append_only("treasury_yearcloseline"),
        guard_state("treasury_paymentpackage", "payment_package"),
        guard_state("treasury_cashplan", "cash_plan"),
        guard_state("treasury_shortfall", "shortfall"),
        guard_state("treasury_yearclose", "year_close"),
        append_only("treasury_statementline"),
        guard_state("treasury_statement", "statement"),
        guard_state("treasury_linematch", "line_match"),
        ZERO_SUM,
    ]
