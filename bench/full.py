"""The load at full size: a district of 400,000 students is made up, taken in, and changed a little.

Usage: python -m bench.full [STUDENTS]; prints one JSON object, and writes it to bench/full.json. DATA_DIR names the folder
(.cache/bench/full otherwise); it stays, so that the portal can be started over it: `DATA_DIR=… portal run`. Free disk: 150 KB a student.
"""

import json
import os
import shutil
import sys
from pathlib import Path

from bench.__main__ import FULL, ROOT, folder


def main() -> None:
    students = int(sys.argv[1]) if len(sys.argv) > 1 else FULL
    data = Path(os.environ.setdefault("DATA_DIR", str(folder(FULL))))
    shutil.rmtree(data, ignore_errors=True)
    os.environ |= {"PORTAL_MODE": "demo", "DJANGO_SETTINGS_MODULE": "portal.config.settings"}
    from portal.config import embedded

    with embedded.running(data):
        import django

        django.setup()
        from bench import district
        from portal.config import house
        from portal.family.models import Guardian
        from portal.people.asking import opened
        from portal.students.models import Org, Student

        house.migrate()
        measured = district.load(students, again=False)
        with opened("demo"):
            counts = {
                "students": Student.objects.count(),
                "guardians": Guardian.objects.count(),
                "schools": Org.objects.filter(type="school").count(),
            }
        megabytes = _size(data / "postgres") / 2**20, _size(data / "bundles") / 2**20
    told = counts | measured | {"database_mb": round(megabytes[0]), "bundles_mb": round(megabytes[1])}
    (ROOT / "bench" / "full.json").write_text(json.dumps(told, indent=1))
    print(json.dumps(told))


def _size(folder: Path) -> int:
    """Bytes of all files below."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
