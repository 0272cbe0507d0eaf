"""The record of access takes rows and gives none back: the database itself refuses everything else."""

from django.db import migrations

TABLES = ("audit_access", "audit_link", "audit_seal")
REFUSE = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION 'the record of access is never changed: % on %', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
"""
SHUT = """
CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER {table}_is_kept BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM PUBLIC;
"""
OPEN = """
DROP TRIGGER {table}_stays ON {table};
DROP TRIGGER {table}_is_kept ON {table};
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_chain")]
    operations = [
        migrations.RunSQL(
            REFUSE + "".join(SHUT.format(table=table) for table in TABLES),
            "".join(OPEN.format(table=table) for table in TABLES) + "DROP FUNCTION audit_refuse();",
        )
    ]
