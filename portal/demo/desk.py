"""What lies on the registrar's desk of Oak: a court order to be checked, and rights that wait for a second person."""

from datetime import date, timedelta

from django.utils.timezone import localdate, now

from portal.demo.district import cast
from portal.demo.district.people import Adult
from portal.demo.district.people import Student as Child
from portal.family.models import CourtOrder, Decision, Guardianship
from portal.people.models import Person
from portal.staff.registrar.acts import next_school_day

WAITS = timedelta(days=14)


def make() -> None:
    """Ben's father may not see the record nor pick Ben up; Mateo's mother asks for full rights."""
    vega = Person.objects.get(subject=f"demo:{cast.VEGA.id}")
    today = localdate()
    father, mother = _right(cast.BEN, cast.DANIEL), _right(cast.MATEO, cast.ELENA)
    order = CourtOrder.objects.create(
        student=father.student, guardianship=father, kind=CourtOrder.Kind.RESTRAINING,
        court="Superior Court, Sample County", number="26SMFL00417", begins=date(today.year - 1, 3, 2),
        no_records=True, no_pick_up=True, hide_location=True, hide_adults=True,
    )  # fmt: skip
    father.closed_from = order.begins
    father.save(update_fields=["closed_from"])
    Decision.objects.create(
        student=father.student, guardianship=father, order=order, act=Decision.Act.ORDER, paper=Decision.Paper.COURT,
        paper_on=order.begins, state=Decision.State.DONE, asked_by=vega, check_by=next_school_day(father.student.school, today),
    )  # fmt: skip
    Decision.objects.create(
        student=mother.student, guardianship=mother, act=Decision.Act.RIGHTS, paper=Decision.Paper.COURT,
        paper_on=today - timedelta(days=9), values={"educational_rights": "full"},
        before={"educational_rights": mother.educational_rights}, state=Decision.State.WAITING, asked_by=vega,
        expires_at=now() + WAITS,
    )  # fmt: skip


def _right(child: Child, adult: Adult) -> Guardianship:
    return Guardianship.objects.select_related("student").get(
        student__sourced_id=child.id, guardian__sourced_id=adult.id
    )
