"""Triggers: what no code path of this room can go round."""

from django.db import migrations

from jardam.journal.schema import append_only, guard_state


class Migration(migrations.Migration):
    dependencies = [("contests", "0001_initial"), ("journal", "0002_guards")]
    operations = [
        append_only("contests_version"),
        guard_state("contests_contest", "contest"),
        guard_state("contests_application", "application"),
    ]
