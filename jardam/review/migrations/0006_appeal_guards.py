"""Triggers: what no code path can go round in appeals and errata."""

from django.db import migrations

from jardam.journal.schema import append_only, guard_state


class Migration(migrations.Migration):
    dependencies = [("review", "0005_appeals"), ("journal", "0002_guards")]
    operations = [
        append_only("review_panelmember"),
        append_only("review_returned"),
        guard_state("review_appealpanel", "appeal_panel"),
        guard_state("review_appeal", "appeal"),
        guard_state("review_erratum", "erratum"),
    ]
