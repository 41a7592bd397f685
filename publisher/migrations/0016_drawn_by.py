"""Who set the times of what is agreed to: an author agrees alone to none that no approver chose."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publisher', '0015_identity'),
    ]

    operations = [
        migrations.AddField(
            model_name='manifest',
            name='drawn_by',
            field=models.ForeignKey(db_index=False, default=None, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
    ]
