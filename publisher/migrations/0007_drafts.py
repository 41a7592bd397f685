"""What people write on the pages, before anybody is asked to agree."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import publisher.models.ids


class Migration(migrations.Migration):

    dependencies = [
        ('publisher', '0006_person_email'),
    ]

    operations = [
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.CharField(default=publisher.models.ids.new_draft_id, max_length=10, primary_key=True, serialize=False)),
                ('fields', models.JSONField(default=dict)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('announcement', models.ForeignKey(default=None, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='publisher.announcement')),
                ('editor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='draft',
            index=models.Index(fields=['announcement', '-changed_at'], name='draft_unfinished'),
        ),
    ]
