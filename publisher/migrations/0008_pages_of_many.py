"""What the pages look for among many: the last that went out, those of a channel, a title, what awaits a visa."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publisher', '0007_drafts'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['channel', 'due_at'], name='delivery_channel'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('delivered_at__isnull', False)), fields=['delivered_at'], name='delivery_out'),
        ),
        migrations.AddIndex(
            model_name='version',
            index=models.Index(fields=['title', 'announcement'], name='version_title'),
        ),
        migrations.AddIndex(
            model_name='manifest',
            index=models.Index(condition=models.Q(('sealed_at', None), ('void_at', None)), fields=['announcement'], name='manifest_waiting'),
        ),
    ]
