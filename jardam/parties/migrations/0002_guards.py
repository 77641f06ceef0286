"""Triggers: what no code path of this room can go round."""

from django.db import migrations

from jardam.journal.schema import append_only, guard_state


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial"), ("journal", "0002_guards")]
    operations = [
        append_only("parties_name"),
        append_only("parties_restriction"),
        guard_state("parties_organisation", "organisation"),
        guard_state("parties_mandate", "mandate"),
    ]
