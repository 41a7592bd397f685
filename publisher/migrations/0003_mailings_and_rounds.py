"""A step has one row per recipient; corrections and withdrawals are further rounds of an announcement."""

from django.db import migrations, models

from publisher.migrations._append_only import triggers

FROZEN = {
    "delivery": ("payload", "digest", "recipients", "purpose", "round"),
    "deliverystep": ("step", "recipient", "name", "token", "message_id"),
}


class Migration(migrations.Migration):

    dependencies = [
        ('publisher', '0002_audit_chain'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='deliverystep',
            name='step_name',
        ),
        migrations.AddField(
            model_name='delivery',
            name='purpose',
            field=models.CharField(default='publish', max_length=16),
        ),
        migrations.AddField(
            model_name='delivery',
            name='recipients',
            field=models.CharField(blank=True, max_length=71),
        ),
        migrations.AddField(
            model_name='delivery',
            name='round',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='deliverystep',
            name='message_id',
            field=models.CharField(blank=True, max_length=320),
        ),
        migrations.AddField(
            model_name='deliverystep',
            name='name',
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AddField(
            model_name='deliverystep',
            name='recipient',
            field=models.CharField(blank=True, max_length=320),
        ),
        migrations.AddField(
            model_name='deliverystep',
            name='retry_at',
            field=models.DateTimeField(default=None, null=True),
        ),
        migrations.AddField(
            model_name='deliverystep',
            name='token',
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AddField(
            model_name='deliverystep',
            name='tries',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['publish', 'correct', 'withdraw'])), name='delivery_purpose'),
        ),
        migrations.AddConstraint(
            model_name='deliverystep',
            constraint=models.UniqueConstraint(fields=('delivery', 'step', 'recipient'), name='step_name'),
        ),
        migrations.RunSQL(triggers(never_removed=["delivery", "deliverystep"], frozen=FROZEN), migrations.RunSQL.noop),
    ]
