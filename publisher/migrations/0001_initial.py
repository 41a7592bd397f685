"""The first schema."""

import django.db.models.deletion
import publisher.models.ids
from django.db import migrations, models

from publisher.migrations._append_only import triggers

APPEND_ONLY = ("audit", "receipt", "approval", "version")
NEVER_REMOVED = ("announcement", "manifest", "delivery", "deliverystep", "attempt", "pause")
FROZEN = {"delivery": ("payload", "digest"), "manifest": ("canonical", "hash"), "attempt": ("digest", "slots", "intent_at")}


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Announcement',
            fields=[
                ('id', models.CharField(default=publisher.models.ids.new_announcement_id, max_length=10, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ChannelState',
            fields=[
                ('name', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('probed_at', models.DateTimeField(default=None, null=True)),
                ('reason', models.CharField(blank=True, max_length=64)),
                ('retry_at', models.DateTimeField(default=None, null=True)),
                ('alarm_at', models.DateTimeField(default=None, null=True)),
                ('alarm', models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('name', models.CharField(max_length=64, unique=True)),
                ('role', models.CharField(max_length=16)),
                ('system_user', models.CharField(default=None, max_length=64, null=True, unique=True)),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['author', 'approver', 'administrator', 'reader'])), name='person_role')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('row_version', models.PositiveIntegerField(default=0)),
                ('id', models.CharField(default=publisher.models.ids.new_delivery_id, max_length=10, primary_key=True, serialize=False)),
                ('channel', models.CharField(max_length=64)),
                ('kind', models.CharField(max_length=64)),
                ('account', models.TextField(blank=True)),
                ('payload', models.JSONField()),
                ('digest', models.CharField(db_index=True, max_length=71)),
                ('after', models.JSONField(default=list)),
                ('policies', models.JSONField(default=dict)),
                ('due_at', models.DateTimeField(null=True)),
                ('not_after', models.DateTimeField(null=True)),
                ('late', models.PositiveIntegerField()),
                ('embargo_until', models.DateTimeField(null=True)),
                ('wall', models.CharField(blank=True, max_length=64)),
                ('zone', models.CharField(max_length=64)),
                ('state', models.CharField(default='planned', max_length=16)),
                ('reason', models.CharField(blank=True, max_length=64)),
                ('retry_at', models.DateTimeField(default=None, null=True)),
                ('tries', models.PositiveIntegerField(default=0)),
                ('crashes', models.PositiveIntegerField(default=0)),
                ('claimed_by', models.PositiveIntegerField(default=None, null=True)),
                ('delivered_at', models.DateTimeField(default=None, null=True)),
                ('seen_at', models.DateTimeField(default=None, null=True)),
                ('send_again', models.JSONField(default=list)),
                ('announcement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='publisher.announcement')),
            ],
        ),
        migrations.CreateModel(
            name='DeliveryStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_version', models.PositiveIntegerField(default=0)),
                ('position', models.PositiveIntegerField()),
                ('step', models.CharField(max_length=128)),
                ('effect', models.CharField(max_length=32)),
                ('after', models.CharField(blank=True, max_length=128)),
                ('alternative', models.BooleanField(default=False)),
                ('takes_back', models.CharField(blank=True, max_length=128)),
                ('state', models.CharField(default='pending', max_length=16)),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='publisher.delivery')),
            ],
            options={
                'ordering': ('delivery', 'position'),
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_version', models.PositiveIntegerField(default=0)),
                ('number', models.PositiveIntegerField()),
                ('state', models.CharField(default='intent', max_length=16)),
                ('epoch', models.PositiveIntegerField()),
                ('intent_at', models.DateTimeField()),
                ('digest', models.CharField(max_length=71)),
                ('slots', models.JSONField(default=dict)),
                ('tainted', models.BooleanField(default=False)),
                ('calls', models.PositiveIntegerField(default=1)),
                ('look_at', models.DateTimeField(default=None, null=True)),
                ('unread_since', models.DateTimeField(default=None, null=True)),
                ('outcome_at', models.DateTimeField(default=None, null=True)),
                ('code', models.CharField(blank=True, max_length=64)),
                ('sentence', models.TextField(blank=True)),
                ('params', models.JSONField(default=dict)),
                ('evidence', models.JSONField(default=dict)),
                ('dismissed_why', models.TextField(blank=True)),
                ('dismissed_by', models.ForeignKey(default=None, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publisher.person')),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='publisher.deliverystep')),
            ],
            options={
                'ordering': ('step', 'number'),
            },
        ),
        migrations.CreateModel(
            name='Holder',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('epoch', models.PositiveIntegerField(default=0)),
                ('instance', models.CharField(blank=True, max_length=128)),
                ('heartbeat_at', models.DateTimeField(default=None, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_holder')],
            },
        ),
        migrations.CreateModel(
            name='Manifest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('canonical', models.TextField()),
                ('hash', models.CharField(max_length=71)),
                ('created_at', models.DateTimeField()),
                ('sealed_at', models.DateTimeField(default=None, null=True)),
                ('void_at', models.DateTimeField(default=None, null=True)),
                ('void_reason', models.TextField(blank=True)),
                ('announcement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='manifests', to='publisher.announcement')),
            ],
        ),
        migrations.AddField(
            model_name='delivery',
            name='manifest',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='publisher.manifest'),
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('system_user', models.CharField(blank=True, max_length=64)),
                ('kind', models.CharField(max_length=16)),
                ('hash', models.CharField(max_length=71)),
                ('at', models.DateTimeField()),
                ('editor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publisher.person')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publisher.person')),
                ('manifest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='publisher.manifest')),
            ],
        ),
        migrations.CreateModel(
            name='Pause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(blank=True, default='', max_length=64)),
                ('reason', models.TextField()),
                ('since', models.DateTimeField()),
                ('ended_at', models.DateTimeField(default=None, null=True)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publisher.person')),
            ],
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('remote_id', models.TextField(null=True)),
                ('url', models.TextField(null=True)),
                ('at', models.DateTimeField(null=True)),
                ('answer', models.JSONField(default=dict)),
                ('recorded_at', models.DateTimeField()),
                ('step', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='receipt', to='publisher.deliverystep')),
            ],
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('title', models.TextField()),
                ('content', models.JSONField()),
                ('text_sha256', models.CharField(db_index=True, max_length=64)),
                ('source_sha256', models.CharField(max_length=64)),
                ('source_path', models.TextField(blank=True)),
                ('created_at', models.DateTimeField()),
                ('announcement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='publisher.announcement')),
                ('editor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publisher.person')),
            ],
        ),
        migrations.AddField(
            model_name='manifest',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publisher.version'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publisher.version'),
        ),
        migrations.CreateModel(
            name='Audit',
            fields=[
                ('sequence', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('system_user', models.CharField(blank=True, max_length=64)),
                ('action', models.CharField(max_length=64)),
                ('subject', models.CharField(max_length=128)),
                ('detail', models.JSONField(default=dict)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publisher.person')),
            ],
            options={
                'indexes': [models.Index(fields=['subject', 'sequence'], name='audit_subject')],
            },
        ),
        migrations.AddConstraint(
            model_name='deliverystep',
            constraint=models.UniqueConstraint(fields=('delivery', 'position'), name='step_position'),
        ),
        migrations.AddConstraint(
            model_name='deliverystep',
            constraint=models.UniqueConstraint(fields=('delivery', 'step'), name='step_name'),
        ),
        migrations.AddConstraint(
            model_name='deliverystep',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'sent', 'in_doubt', 'failed', 'dropped'])), name='step_state'),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(fields=['state', 'look_at'], name='attempt_to_settle'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.UniqueConstraint(fields=('step', 'number'), name='attempt_number'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['intent', 'in_doubt', 'accepted', 'found'])), fields=('step',), name='one_live_attempt'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['intent', 'accepted', 'found', 'not_sent', 'rejected', 'in_doubt', 'dismissed'])), name='attempt_state'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.UniqueConstraint(fields=('manifest', 'person'), name='approval_once'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('person', None), models.Q(('person', models.F('editor')), _negated=True), _connector='OR'), name='approval_by_another'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['visa', 'accord', 'automatic'])), name='approval_kind'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'automatic'), ('person', None)), models.Q(('person__isnull', False), models.Q(('kind', 'automatic'), _negated=True)), _connector='OR'), name='approval_nobody'),
        ),
        migrations.AddConstraint(
            model_name='pause',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('channel',), name='one_live_pause'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.UniqueConstraint(fields=('announcement', 'number'), name='version_number'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['state', 'due_at'], name='delivery_due'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'sending', 'delivered', 'failed', 'held', 'missed', 'canceled'])), name='delivery_state'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('not_after__gt', models.F('due_at')), ('due_at', None), _connector='OR'), name='delivery_window'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('due_at__gte', models.F('embargo_until')), ('due_at', None), ('embargo_until', None), _connector='OR'), name='embargo'),
        ),
        migrations.RunSQL(triggers(APPEND_ONLY, NEVER_REMOVED, FROZEN)),
    ]
