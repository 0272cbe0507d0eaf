import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0002_session_fresh_until_typed'),
        ('sis', '0004_outgoing_person'),
    ]

    operations = [
        migrations.AddField(
            model_name='run',
            name='progress',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='quarantined',
            name='mark',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.CreateModel(
            name='Ignored',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mark', models.CharField(max_length=64, unique=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
            ],
        ),
    ]
