"""Triggers: what no code path of this room can go round."""

from django.db import migrations

from jardam.journal.schema import append_only, guard_state


class Migration(migrations.Migration):
    dependencies = [("planning", "0001_tables"), ("journal", "0002_guards")]
    operations = [
        append_only("planning_studygroup"),
        append_only("planning_measure"),
        append_only("planning_adoption"),
        guard_state("planning_study", "study"),
        guard_state("planning_programme", "programme"),
        append_only("planning_discussion"),
        guard_state("planning_problem", "problem"),
        guard_state("planning_comment", "comment"),
        append_only("planning_councildecision"),
        append_only("planning_committeeopinion"),
        append_only("planning_publication"),
        append_only("planning_councilreport"),
        append_only("planning_gathering"),
        append_only("planning_programmesection"),
        append_only("planning_measureversion"),
        append_only("planning_revisedmeasure"),
        append_only("planning_revisedsection"),
        guard_state("planning_revision", "revision"),
    ]
