import django.db.models.deletion
from django.db import migrations, models


def keys_of_those_who_are_there(apps, editor):
    """Each adult's keys, now with each of their students and the school beside them."""
    with editor.connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO family_guardiankey (key, guardian_id, guardianship_id, school_id)
               SELECT DISTINCT k.key, k.guardian_id, g.id, s.school_id FROM family_guardiankey k
               JOIN family_guardianship g ON g.guardian_id = k.guardian_id AND g.active
               JOIN students_student s ON s.id = g.student_id"""
        )
        cursor.execute("DELETE FROM family_guardiankey WHERE guardianship_id IS NULL")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still to come cannot be altered


class Migration(migrations.Migration):

    dependencies = [
        ('family', '0004_contactpoint_said_guardianship_said'),
        ('students', '0002_employeekey'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='guardiankey', name='family_guardian_by_name'),
        migrations.AddField(
            model_name='guardiankey',
            name='guardianship',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='keys', to='family.guardianship'),
        ),
        migrations.AddField(
            model_name='guardiankey',
            name='school',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, to='students.org'),
        ),
        migrations.RunPython(keys_of_those_who_are_there, migrations.RunPython.noop),
        migrations.RemoveField(model_name='guardiankey', name='guardian'),
        migrations.AlterField(
            model_name='guardiankey',
            name='guardianship',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='keys', to='family.guardianship'),
        ),
        migrations.AddIndex(
            model_name='guardiankey',
            index=models.Index(models.F('key'), include=('guardianship', 'school'), name='family_guardian_by_name'),
        ),
        migrations.AddIndex(
            model_name='guardiankey',
            index=models.Index(fields=['school', 'key'], include=('guardianship',), name='family_by_school_name'),
        ),
    ]
