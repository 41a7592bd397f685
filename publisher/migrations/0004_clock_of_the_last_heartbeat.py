"""The row of the service keeps what its watch over the clock reckoned last, so that a restart does not forget a leap."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publisher', '0003_mailings_and_rounds'),
    ]

    operations = [
        migrations.AddField(
            model_name='holder',
            name='wall',
            field=models.DateTimeField(default=None, null=True),
        ),
        migrations.AddField(
            model_name='holder',
            name='boottime',
            field=models.FloatField(default=None, null=True),
        ),
        migrations.AddField(
            model_name='holder',
            name='boot_id',
            field=models.CharField(blank=True, max_length=64),
        ),
    ]
