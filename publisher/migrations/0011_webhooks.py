"""How far each program was told what becomes of deliveries."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publisher', '0010_tokens'),
    ]

    operations = [
        migrations.CreateModel(
            name='Hook',
            fields=[
                ('name', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('sequence', models.BigIntegerField()),
                ('failures', models.PositiveIntegerField(default=0)),
                ('retry_at', models.DateTimeField(default=None, null=True)),
            ],
        ),
    ]
