"""Triggers: what no code path of this room can go round."""

from django.db import migrations

from jardam.journal.schema import append_only, guard_state


class Migration(migrations.Migration):
    dependencies = [("parties", "0005_profile_and_succession"), ("journal", "0002_guards")]
    operations = [
        append_only("parties_profile"),
        append_only("parties_restrictionlift"),
        append_only("parties_succession"),
        guard_state("parties_territory", "territory"),
    ]
