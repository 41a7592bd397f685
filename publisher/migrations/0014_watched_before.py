"""What would keep an announcement from leaving is found before its time, and so is the end of an access.

The table of notices is made anew, which is harmless: it has no trigger.
"""

import django.db.models.deletion
from django.db import migrations, models

KINDS = ['asked', 'reminder', 'returned', 'agreed', 'held', 'failed', 'missed', 'stopped', 'published', 'withdrawn', 'report', 'endangered', 'expires']


class Migration(migrations.Migration):

    dependencies = [
        ('publisher', '0013_accounts_that_wait'),
    ]

    operations = [
        migrations.AddField(
            model_name='channelstate',
            name='ends_at',
            field=models.DateTimeField(default=None, null=True),
        ),
        migrations.AddField(
            model_name='channelstate',
            name='inspected_at',
            field=models.DateTimeField(default=None, null=True),
        ),
        migrations.AddField(
            model_name='notice',
            name='channel',
            field=models.CharField(blank=True, default='', max_length=64),
        ),
        migrations.AlterField(
            model_name='notice',
            name='announcement',
            field=models.ForeignKey(default=None, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publisher.announcement'),
        ),
        migrations.RemoveConstraint(
            model_name='notice',
            name='notice_kind',
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', KINDS)), name='notice_kind'),
        ),
        migrations.CreateModel(
            name='Trouble',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(max_length=64)),
                ('before', models.DateTimeField()),
                ('code', models.CharField(max_length=64)),
                ('told', models.JSONField()),
                ('found_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(default=None, null=True)),
                ('announcement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publisher.announcement')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('closed_at', None)), fields=['before'], name='trouble_open')],
                'constraints': [models.UniqueConstraint(fields=('announcement', 'channel'), name='trouble_once')],
            },
        ),
    ]
