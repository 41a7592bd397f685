"""Each row of the audit carries the hash of itself and of the row before it."""

from django.db import migrations, models

from publisher.migrations._append_only import triggers
from publisher.models.audit import BEGINNING, Audit


def chain(apps, schema_editor):
    """Give the rows that stand already the hashes they would have had."""
    rows, before = apps.get_model("publisher", "Audit").objects.order_by("sequence"), BEGINNING
    for row in list(rows):
        before = Audit.chained(row, before)
        rows.filter(pk=row.pk).update(hash=before)


class Migration(migrations.Migration):
    dependencies = [("publisher", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="audit",
            name="hash",
            field=models.CharField(max_length=64, default=""),
            preserve_default=False,
        ),
        migrations.RunPython(chain, migrations.RunPython.noop),
        migrations.RunSQL(triggers(append_only=["audit"]), migrations.RunSQL.noop),
    ]
