from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0002_guards")]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("count", models.PositiveIntegerField()),
                ("until", models.DateTimeField(db_index=True)),
            ],
        ),
        # No write-ahead log for what a crash may forget.
        migrations.RunSQL("ALTER TABLE parties_tally SET UNLOGGED", "ALTER TABLE parties_tally SET LOGGED"),
    ]
