"""An empty table takes its first rows without indexes and foreign keys, and gets both back over all rows at once.

Row by row they cost three quarters of a first load. It locks the table and those it refers to, so it is only done
while no family has been let in. The importer owns no table: it asks two functions of the owner's (access/wall.py),
which do this and nothing else, to an empty table that imports fill.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import models

from portal.family.models import Link
from portal.sis.load import Load, q

MANY = 20_000  # rows to come; fewer are not worth it


def worth_it(load: Load, model: type[models.Model], rows: int) -> bool:
    """Whether so many rows go into an empty table before the first family is linked."""
    if rows < MANY or Link.objects.exists():
        return False
    return load.count(f"SELECT count(*) FROM (SELECT FROM {q(model._meta.db_table)} LIMIT 1) any_row") == 0


@contextmanager
def bare(load: Load, model: type[models.Model]) -> Iterator[None]:
    """Inside, the table has its primary key and constraints of single rows, and nothing else.

    Two rows that are one in a unique index are found at the end, by an IntegrityError.
    """
    table = q(model._meta.db_table)
    load.do("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still to come cannot be altered
    load.do("SELECT portal_bare(%(table)s::regclass)", table=table)
    yield
    load.do("SET LOCAL maintenance_work_mem = '256MB'")
    load.do("SELECT portal_dressed(%(table)s::regclass)", table=table)
    load.do("SET CONSTRAINTS ALL DEFERRED")
