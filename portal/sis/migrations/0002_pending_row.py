from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sis', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='pending',
            name='row',
            field=models.JSONField(default=dict),
        ),
    ]
