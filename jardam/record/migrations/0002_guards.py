"""Triggers: the log of loads and the earlier versions stay as they were written."""

from django.db import migrations

from jardam.journal.schema import append_only


class Migration(migrations.Migration):
    dependencies = [("record", "0001_initial"), ("journal", "0002_guards")]
    operations = [
        append_only("record_loadedfile"),
        append_only("record_earlierversion"),
    ]
