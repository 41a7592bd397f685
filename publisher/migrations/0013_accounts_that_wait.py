"""Accounts that were opened or raised agree to nothing for a day, unless somebody confirms them; what is done with accounts is told."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publisher', '0012_in_hand'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='agrees_from',
            field=models.DateTimeField(default=None, null=True),
        ),
        migrations.AddField(
            model_name='person',
            name='raised_by',
            field=models.ForeignKey(db_index=False, default=None, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='AccountNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(default=None, null=True)),
                ('mail_at', models.DateTimeField(default=None, null=True)),
                ('mailed_at', models.DateTimeField(default=None, null=True)),
                ('tries', models.PositiveIntegerField(default=0)),
                ('act', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publisher.audit')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('read_at', None)), fields=['person'], name='account_notice_unread'), models.Index(condition=models.Q(('mail_at__isnull', False)), fields=['mail_at'], name='account_notice_to_mail')],
                'constraints': [models.UniqueConstraint(fields=('person', 'act'), name='account_notice_once')],
            },
        ),
    ]
