"""Triggers: what no code path of this room can go round."""

from django.db import migrations

from jardam.journal.schema import guard_state


class Migration(migrations.Migration):
    dependencies = [("regime", "0001_initial"), ("journal", "0002_guards")]
    operations = [
        guard_state("regime_ruleconfirmation", "confirmation"),
        guard_state("regime_ruleadoption", "rule_adoption"),
    ]
