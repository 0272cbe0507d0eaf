"""What the monitor shows of a run that still goes on: written apart from the run, so that it is seen before the end."""

import logging
import time
from collections.abc import Callable

from django.db import DatabaseError, connections, transaction

from portal.people import asking
from portal.sis.models import Run

LOG = logging.getLogger("portal.sis")
APART = "apart"  # the connection of what must stand before its transaction ends
EVERY = 2.0  # seconds between two words

Progress = Callable[[str, int, int], None]  # file, its bytes, bytes read


class Showing:
    """Passes on how many bytes were read, and tells the monitor now and then."""

    def __init__(self, run: int | None, size: int, further: Progress) -> None:
        """run: its number, None for a run nobody looks at. size: bytes of all files together."""
        self.run, self.size, self.further = run, size, further
        self.read, self.last = 0, -EVERY

    def __call__(self, file: str, size: int, done: int) -> None:
        """More bytes of a file were read."""
        self.further(file, size, done)
        self.read += done
        self._tell({"file": file, "percent": min(100, 100 * self.read // max(1, self.size))})

    def taking(self, file: str, place: int, of: int) -> None:
        """All is read; this file, so many in the order, is compared with what is there and written."""
        self._tell({"file": file, "place": place, "of": of})

    def _tell(self, said: dict[str, str | int]) -> None:
        if self.run is None or time.monotonic() - self.last < EVERY:
            return
        self.last = time.monotonic()
        importer = asking.Asking(asking.role("importer"), "importer", purpose="import")
        try:
            with transaction.atomic(using=APART):
                connections[APART].cursor().execute(asking.TELL, importer.values)
                Run.objects.using(APART).filter(pk=self.run).update(progress=said)
        except DatabaseError:  # nobody can look; the run goes on
            LOG.warning("the monitor cannot be told", exc_info=True)
