"""Marks of report cards stand in the gradebook now."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('grades', '0001_initial'),
        ('gradebook', '0002_mark'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name='Mark')]),
    ]
