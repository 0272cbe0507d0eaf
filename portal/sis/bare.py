"""An empty table takes its first rows without indexes and foreign keys, and gets both back over all rows at once.

Row by row they cost three quarters of a first load. It locks the table and those it refers to, so it is only done
while no family has been let in.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import models

from portal.family.models import Link
from portal.sis.load import Load, q

MANY = 100_000  # rows to come; fewer are not worth it


def worth_it(load: Load, model: type[models.Model], rows: int) -> bool:
    """Whether so many rows go into an empty table of ours before the first family is linked."""
    if rows < MANY or Link.objects.exists():
        return False
    table = q(model._meta.db_table)
    empty_and_ours = load.count(
        f"""SELECT count(*) FROM pg_class WHERE oid = '{table}'::regclass AND pg_has_role(relowner, 'USAGE')
              AND NOT EXISTS (SELECT FROM {table})"""
    )
    return empty_and_ours == 1


@contextmanager
def bare(load: Load, model: type[models.Model]) -> Iterator[None]:
    """Inside, the table has its primary key and constraints of single rows, and nothing else."""
    table = q(model._meta.db_table)
    load.do("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still to come cannot be altered
    keys = load.ask(
        f"""SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE conrelid = '{table}'::regclass AND contype = 'f' ORDER BY oid"""
    )
    indexes = load.ask(
        f"""SELECT relname, pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class ON oid = indexrelid
            WHERE indrelid = '{table}'::regclass AND NOT indisprimary
              AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid) ORDER BY indexrelid"""
    )
    for name, _definition in keys:
        load.do(f"ALTER TABLE {table} DROP CONSTRAINT {q(name)}")
    for name, _definition in indexes:
        load.do(f"DROP INDEX {q(name)}")
    yield
    load.do("SET LOCAL maintenance_work_mem = '256MB'")
    for _name, definition in indexes:
        load.do(definition)
    for name, definition in keys:
        load.do(f"ALTER TABLE {table} ADD CONSTRAINT {q(name)} {definition}")
    load.do("SET CONSTRAINTS ALL DEFERRED")
