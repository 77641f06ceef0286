from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contests", "0002_guards"),
        ("parties", "0002_guards"),
        ("planning", "0003_drafts_change"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="contest",
            name="contest_announced_with_rules_and_deadline",
        ),
        migrations.RemoveConstraint(
            model_name="contest",
            name="contest_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="contest",
            name="contest_repeated_once",
        ),
        migrations.AddConstraint(
            model_name="contest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ("draft", "announced", "suspended", "opened", "decided", "cancelled", "void", "discarded"),
                    )
                ),
                name="contest_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="contest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("draft", "discarded")),
                    models.Q(
                        ("announced_at__isnull", False),
                        ("deadline_at__isnull", False),
                        ("settlement_bytes__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="contest_announced_with_rules_and_deadline",
            ),
        ),
        migrations.AddConstraint(
            model_name="contest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("repeats__isnull", False), models.Q(("state", "discarded"), _negated=True)),
                fields=("repeats",),
                name="contest_repeated_once",
            ),
        ),
    ]
