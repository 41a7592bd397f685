"""People may have an address, to be told what waits for them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publisher', '0005_no_index_twice'),
    ]

    run_before = [
        ('account', '0001_initial'),  # which reads the addresses of all people
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='email',
            field=models.EmailField(blank=True, default='', max_length=254),
            preserve_default=False,
        ),
    ]
