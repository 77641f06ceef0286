"""Triggers of the tables that 0003 made."""

from django.db import migrations

from jardam.journal.schema import append_only, guard_state


class Migration(migrations.Migration):
    dependencies = [("review", "0003_procedure")]
    operations = [
        append_only("review_departure"),
        append_only("review_recusal"),
        append_only("review_adjournment"),
        append_only("review_reservecall"),
        guard_state("review_mending", "mending"),
        guard_state("review_cut", "cut"),
    ]
