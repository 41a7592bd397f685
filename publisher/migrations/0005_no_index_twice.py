"""Indexes that another one serves as well, or that nothing asks for, were written with every call of a mailing.

Dropped by hand: Django would build each table anew on SQLite, and the triggers that keep it append-only would be gone.
"""

import django.db.models.deletion
from django.db import migrations, models

SUPERFLUOUS = (
    'publisher_attempt_step_id_2954b968',
    'publisher_attempt_dismissed_by_id_ab58cf25',
    'publisher_deliverystep_delivery_id_9a25e8fd',
)


class Migration(migrations.Migration):

    dependencies = [
        ('publisher', '0004_clock_of_the_last_heartbeat'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(f'DROP INDEX IF EXISTS "{name}"', migrations.RunSQL.noop) for name in SUPERFLUOUS],
            state_operations=[
                migrations.AlterField(
                    model_name='attempt',
                    name='dismissed_by',
                    field=models.ForeignKey(
                        db_index=False,
                        default=None,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name='+',
                        to='publisher.person',
                    ),
                ),
                migrations.AlterField(
                    model_name='attempt',
                    name='step',
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name='attempts',
                        to='publisher.deliverystep',
                    ),
                ),
                migrations.AlterField(
                    model_name='deliverystep',
                    name='delivery',
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name='steps',
                        to='publisher.delivery',
                    ),
                ),
            ],
        ),
    ]
