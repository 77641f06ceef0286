"""A payment goes out on one line of the statements and comes back on one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("treasury", "0002_guards")]
    operations = [
        migrations.AddField(
            model_name="linematch",
            name="direction",
            field=models.CharField(default="out", max_length=3),
        ),
        migrations.RunSQL(
            """UPDATE treasury_linematch m SET direction = l.direction
               FROM treasury_statementline l WHERE l.id = m.line_id AND l.direction <> m.direction""",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="linematch",
            constraint=models.CheckConstraint(
                condition=models.Q(("direction__in", ["out", "in"])), name="match_direction_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="linematch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "rejected"), _negated=True),
                fields=("payment", "direction"),
                name="match_one_of_a_payment",
            ),
        ),
        migrations.AddConstraint(
            model_name="statementline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("found", "returned")), fields=("payment",), name="statement_line_one_return"
            ),
        ),
    ]
