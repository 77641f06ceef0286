"""Triggers: what no code path of this room can go round."""

from django.db import migrations

from jardam.journal.schema import append_only, guard_state
from jardam.treasury.schema import ZERO_SUM


class Migration(migrations.Migration):
    dependencies = [("treasury", "0001_initial"), ("journal", "0002_guards")]
    operations = [
        append_only("treasury_account"),
        append_only("treasury_posting"),
        append_only("treasury_entry"),
        guard_state("treasury_appropriation", "appropriation"),
        guard_state("treasury_paymentorder", "payment"),
        ZERO_SUM,
    ]
