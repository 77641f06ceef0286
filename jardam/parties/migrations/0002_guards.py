"""Triggers: what no code path of this room can go round."""

from django.db import migrations

from jardam.journal.schema import append_only, guard_state


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_tables"), ("journal", "0002_guards")]
    operations = [
        append_only("parties_name"),
        append_only("parties_restriction"),
        guard_state("parties_organisation", "organisation"),
        guard_state("parties_mandate", "mandate"),
        # No write-ahead log for what a crash may forget.
        migrations.RunSQL("ALTER TABLE parties_tally SET UNLOGGED", "ALTER TABLE parties_tally SET LOGGED"),
        guard_state("parties_bankaccount", "bank_account"),
        append_only("parties_profile"),
        append_only("parties_restrictionlift"),
        append_only("parties_succession"),
        guard_state("parties_territory", "territory"),
    ]
