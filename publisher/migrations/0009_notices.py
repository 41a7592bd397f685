"""People are told what waits for them, and say when they are away; what happened before is told to nobody any more."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


BEGIN = 'INSERT INTO publisher_told (id, notices, reports) SELECT 1, COALESCE(MAX(sequence), 0), COALESCE(MAX(sequence), 0) FROM publisher_audit'


class Migration(migrations.Migration):

    dependencies = [
        ('publisher', '0008_pages_of_many'),
    ]

    operations = [
        migrations.CreateModel(
            name='Told',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('notices', models.BigIntegerField(default=0)),
                ('reports', models.BigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_told')],
            },
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_day', models.DateField()),
                ('last_day', models.DateField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to=settings.AUTH_USER_MODEL)),
                ('substitute', models.ForeignKey(default=None, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['last_day'], name='absence_end')],
                'constraints': [models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='absence_days'), models.CheckConstraint(condition=models.Q(('substitute', None), models.Q(('substitute', models.F('person')), _negated=True), _connector='OR'), name='absence_substitute')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=16)),
                ('key', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(default=None, null=True)),
                ('mail_at', models.DateTimeField(default=None, null=True)),
                ('mailed_at', models.DateTimeField(default=None, null=True)),
                ('tries', models.PositiveIntegerField(default=0)),
                ('announcement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publisher.announcement')),
                ('delivery', models.ForeignKey(default=None, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publisher.delivery')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('read_at', None)), fields=['person'], name='notice_unread'), models.Index(condition=models.Q(('mail_at__isnull', False)), fields=['mail_at'], name='notice_to_mail')],
                'constraints': [models.UniqueConstraint(fields=('person', 'kind', 'key'), name='notice_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['asked', 'reminder', 'returned', 'agreed', 'held', 'failed', 'missed', 'stopped', 'published', 'withdrawn', 'report'])), name='notice_kind')],
            },
        ),
        migrations.RunSQL(BEGIN, migrations.RunSQL.noop),
    ]
