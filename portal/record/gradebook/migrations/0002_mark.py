"""Marks of report cards come to the gradebook with their rows: a second section reads them."""

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

MOVE = """
ALTER TABLE grades_mark RENAME TO gradebook_mark;
ALTER INDEX grades_marks_of RENAME TO gradebook_marks_of;
ALTER INDEX grades_mark_once_a_source RENAME TO gradebook_mark_once_a_source;
"""
BACK = """
ALTER TABLE gradebook_mark RENAME TO grades_mark;
ALTER INDEX gradebook_marks_of RENAME TO grades_marks_of;
ALTER INDEX gradebook_mark_once_a_source RENAME TO grades_mark_once_a_source;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('gradebook', '0001_initial'),
        ('grades', '0001_initial'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(MOVE, BACK)],
            state_operations=[
                migrations.CreateModel(
                    name='Mark',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('source', models.CharField(max_length=40)),
                        ('sourced_id', models.CharField(max_length=255)),
                        ('active', models.BooleanField(default=True)),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('run_id', models.BigIntegerField()),
                        ('subject', models.CharField(max_length=255)),
                        ('type', models.CharField(max_length=20)),
                        ('mark', models.CharField(max_length=40)),
                        ('mark_text', models.CharField(blank=True, max_length=255)),
                        ('standard_code', models.CharField(blank=True, max_length=255)),
                        ('comment', models.TextField(blank=True)),
                        ('credits_attempted', models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                        ('credits_earned', models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                        ('is_final', models.BooleanField(null=True)),
                        ('posted_at', models.DateTimeField()),
                        ('school_class', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.schoolclass')),
                        ('student', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='students.student')),
                        ('teacher', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.employee')),
                        ('term', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.term')),
                    ],
                    options={
                        'abstract': False,
                        'default_manager_name': 'rows',
                        'indexes': [models.Index(fields=['student'], name='gradebook_marks_of')],
                        'constraints': [models.UniqueConstraint(models.F('source'), models.F('sourced_id'), name='gradebook_mark_once_a_source')],
                    },
                    managers=[
                        ('rows', django.db.models.manager.Manager()),
                    ],
                ),
            ],
        ),
    ]
