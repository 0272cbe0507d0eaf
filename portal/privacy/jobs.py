"""Jobs of the privacy pages: making copies, and deleting those whose hours are over."""

from procrastinate.contrib.django import app

from portal.access.context import opened
from portal.jobs.queue import Tries
from portal.privacy import copies


@app.task(name=copies.MAKE, retry=Tries())
def make_copy(copy_id: int, person_id: int) -> None:
    """Makes one copy with the rights its adult has now."""
    with opened("family", person_id, purpose="copy"):
        copies.make(copy_id)


@app.periodic(cron="11 * * * *")
@app.task(name="portal.privacy.jobs.delete_old_copies", queueing_lock="delete_old_copies")
def delete_old_copies(timestamp: int = 0) -> None:
    """No copy outlives its hours by more than one."""
    with opened("worker", purpose="copies"):
        copies.clear_up()
