"""Triggers: what no code path goes round, for envelopes, invitations and partners."""

from django.db import migrations

from jardam.journal.schema import guard_state


class Migration(migrations.Migration):
    dependencies = [("contests", "0005_applications"), ("journal", "0002_guards")]
    operations = [
        guard_state("contests_collaborator", "collaborator"),
        guard_state("contests_partner", "partner"),
        guard_state("contests_paper", "paper"),
    ]
