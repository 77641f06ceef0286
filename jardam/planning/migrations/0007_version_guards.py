"""Triggers: what is put in force is never changed, and a version moves by acts only."""

from django.db import migrations

from jardam.journal.schema import append_only, guard_state


class Migration(migrations.Migration):
    dependencies = [("planning", "0006_versions")]
    operations = [
        append_only("planning_measureversion"),
        append_only("planning_revisedmeasure"),
        append_only("planning_revisedsection"),
        guard_state("planning_revision", "revision"),
    ]
