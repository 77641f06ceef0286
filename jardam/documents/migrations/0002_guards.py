"""Triggers: what no code path of this room can go round."""

from django.db import migrations

from jardam.journal.schema import append_only


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial"), ("journal", "0002_guards")]
    operations = [
        append_only("documents_file"),
        append_only("documents_signature"),
        append_only("documents_seal"),
        append_only("documents_look"),
    ]
