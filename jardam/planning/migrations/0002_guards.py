"""Triggers: what no code path of this room can go round."""

from django.db import migrations

from jardam.journal.schema import append_only, guard_state


class Migration(migrations.Migration):
    dependencies = [("planning", "0001_initial"), ("journal", "0002_guards")]
    operations = [
        append_only("planning_studygroup"),
        append_only("planning_measure"),
        append_only("planning_adoption"),
        guard_state("planning_study", "study"),
        guard_state("planning_programme", "programme"),
    ]
