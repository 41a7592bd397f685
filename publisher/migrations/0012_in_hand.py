"""Who has a text in hand, to publish it where nothing is sent."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publisher', '0011_webhooks'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='taken_at',
            field=models.DateTimeField(default=None, null=True),
        ),
        migrations.AddField(
            model_name='delivery',
            name='taken_by',
            field=models.ForeignKey(db_index=False, default=None, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
    ]
