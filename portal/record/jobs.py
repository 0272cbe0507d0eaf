"""Jobs of the record: papers are set before families ask for them."""

from procrastinate.contrib.django import app

from portal.jobs.queue import Tries
from portal.people.asking import opened
from portal.record import contents, printed


@app.task(name=printed.AHEAD, queue="paper", retry=Tries())
def set_ahead(section: str, students: list[int]) -> None:
    """Sets what the families of these students will ask for, each with the rights its adult has now."""
    with opened("worker", purpose="paper"):
        people = printed.people(students)
    for person in people:
        with opened("family", person, purpose="paper"):
            printed.ahead(person, contents.section(section), students)
