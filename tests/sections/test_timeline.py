"""What happened, as a family reads it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import now

from portal.family.models import Guardianship
from portal.record import deeds
from portal.record.contents import section
from portal.record.models import Event, Visit
from portal.record.section import HomeFact
from portal.sections.documents.models import Wanted
from portal.sections.library.models import Loan
from portal.sections.timeline.reading import read
from portal.students.models import SchoolDay, Student
from tests.cast import rostered
from tests.sections.rows import a_result, an_item, at_a_glance

TIMELINE = section("timeline")
MONDAY = date(2026, 10, 5)


def an_event(student, kind: str, on: date = MONDAY, hours_ago: float = 1, **words: str) -> Event:
    made = Event.rows.for_import().create(
        student=student, section=kind.partition(".")[0], kind=kind, on=on, words=words
    )
    Event.rows.for_import().filter(pk=made.pk).update(came_at=now() - timedelta(hours=hours_ago))
    return made


@pytest.fixture
def ana(on):
    """Absent on Friday, which was corrected on Monday, when a grade was posted too."""
    family = on(MONDAY)
    an_event(family.ana, "attendance.absent", MONDAY - timedelta(days=3), hours_ago=70)
    an_event(family.ana, "attendance.corrected", MONDAY, hours_ago=2)
    an_event(family.ana, "grades.posted", MONDAY, teacher="Mr. Ortiz", course="Algebra 1")
    return family


def test_what_happened_stands_newest_first_and_a_correction_beside_what_it_corrects(ana, admit):
    items = read(admit(ana.mother, ana.ana, TIMELINE)).items
    assert [(item.on, item.kind, item.sentence) for item in items] == [
        (MONDAY, "grades", "Mr. Ortiz posted a grade in Algebra 1."),
        (MONDAY, "attendance", "The school corrected attendance: Ana was not absent or late."),
        (MONDAY - timedelta(days=3), "attendance", "Ana was marked absent."),
    ]


def test_an_address_asks_for_one_kind_and_nonsense_is_passed_over(ana, admit):
    reading = read(admit(ana.mother, ana.ana, TIMELINE))
    assert [item.kind for item in reading.shown({"kind": "grades"}).items] == ["grades"]
    for nonsense in ({"kind": "x"}, {"shown": "-5"}, {"shown": "٣"}, {"shown": "9" * 50}):
        assert len(reading.shown(nonsense).items) == 3
    assert [str(each.title) for each in reading.shown({}).filters] == ["Everything", "Grades", "Attendance"]


def test_twenty_at_a_time(on, admit, visit):
    family = on(MONDAY)
    for n in range(45):
        an_event(family.ana, "attendance.absent", MONDAY - timedelta(days=n % 30))
    reading = read(admit(family.mother, family.ana, TIMELINE))
    shown = reading.shown({})
    assert (len(shown.items), shown.more) == (20, "?shown=40")
    assert (len(reading.shown({"shown": "60"}).items), reading.shown({"shown": "60"}).more) == (45, "")
    body = visit(family.mother).get(reverse("timeline", args=[family.ana.ref])).content.decode()
    assert 'href="?shown=40#item-21"' in body


def test_you_saw_everything_below_stands_between_new_and_seen(ana, visit):
    client, address = visit(ana.mother), reverse("timeline", args=[ana.ana.ref])
    assert "You saw everything below" not in client.get(address).content.decode()
    Visit.objects.filter(section="timeline").update(at=now() - timedelta(hours=1.5))
    page = client.get(address).content.decode()
    above, marker, below = page.partition("You saw everything below on")
    assert marker
    assert "posted a grade" in above
    assert "was marked absent" in below
    assert "You saw everything below" in client.get(address).content.decode()  # still, on the same visit


def test_a_visit_is_the_persons_own(ana, visit):
    visit(ana.mother).get(reverse("timeline", args=[ana.ana.ref]))
    assert list(Visit.objects.values_list("person", "student", "section")) == [
        (ana.mother.pk, ana.ana.pk, "timeline")
    ]


def test_the_tile_counts_what_is_new_since_the_last_visit(ana, admit):
    grant = admit(ana.mother, ana.ana, TIMELINE)
    assert at_a_glance(TIMELINE, [grant]) == {ana.ana.pk: HomeFact(tile="See what happened")}
    visited = Visit.objects.create(
        person=ana.mother, student=ana.ana, section="timeline", at=now() - timedelta(hours=3)
    )
    assert at_a_glance(TIMELINE, [grant])[ana.ana.pk].tile == "2 new"
    visited.at = now()
    visited.save()
    assert at_a_glance(TIMELINE, [grant])[ana.ana.pk].tile == "Nothing new"


def test_what_the_person_did_is_something_but_never_new(on, admit):
    family = on(MONDAY)
    grant = admit(family.mother, family.ana, TIMELINE)
    assert at_a_glance(TIMELINE, [grant])[family.ana.pk].tile == "Nothing yet"
    deeds.did(
        admit(family.mother, family.ana, section("attendance")), "attendance.explained", date="2026-10-05"
    )
    assert at_a_glance(TIMELINE, [grant])[family.ana.pk].tile == "Nothing new"
    assert len(read(grant).items) == 1


def test_a_sensitive_section_says_only_that_there_is_something_and_not_to_everyone(ana, admit, monkeypatch):
    grades = section("grades")
    object.__setattr__(grades, "sensitive", True)
    try:
        sentences = [item.sentence for item in read(admit(ana.mother, ana.ana, TIMELINE)).items]
        assert sentences[0] == "New information in Grades"
    finally:
        object.__setattr__(grades, "sensitive", False)
    rules = grades.may_see
    object.__setattr__(grades, "may_see", ())
    try:
        assert [item.kind for item in read(admit(ana.mother, ana.ana, TIMELINE)).items] == ["attendance"] * 2
    finally:
        object.__setattr__(grades, "may_see", rules)


def test_words_that_are_no_longer_known_and_last_year_are_left_out(ana, admit):
    an_event(ana.ana, "grades.forgotten")
    an_event(ana.ana, "grades.posted")  # without its names
    an_event(ana.ana, "attendance.absent", date(2026, 7, 31))
    an_event(ana.ana, "nowhere.said")
    assert len(read(admit(ana.mother, ana.ana, TIMELINE)).items) == 3


def test_what_is_due_in_the_next_two_weeks_stands_on_top_and_says_nothing_sensitive(ana, admit, visit):
    for day, title in ((0, "Essay"), (14, "Map"), (15, "Too far"), (-1, "Over")):
        an_item(ana.algebra, title, MONDAY + timedelta(days=day), assigned_on=MONDAY - timedelta(days=9))
    a_result(an_item(ana.algebra, "Turned in", MONDAY), ana.ana, "submitted")
    SchoolDay.objects.create(
        **rostered("closed"), school=ana.oak, on=date(2026, 10, 12), kind="noSchool", title="Thanksgiving"
    )
    Wanted.rows.for_import().create(
        **rostered("w"), student=ana.ana, kind="iep", asked_on=MONDAY, due_on=date(2026, 10, 9), state="open"
    )
    Loan.rows.for_import().create(**rostered("l"), student=ana.ana, title="Dune", due_on=date(2026, 10, 8))
    coming = read(admit(ana.mother, ana.ana, TIMELINE)).coming
    assert [(each.on.day, each.kind, each.sentence) for each in coming] == [
        (5, "assignments", "Essay in Algebra 1 is due."),
        (8, "library", "Dune goes back to the library."),
        (9, "documents", "A paper the school asked for is due."),
        (12, "", "No school (Thanksgiving)"),
        (19, "assignments", "Map in Algebra 1 is due."),
    ]
    with translation.override("es"):
        coming = read(admit(ana.mother, ana.ana, TIMELINE)).coming
    assert coming[3].sentence == "No hay clases (Acción de Gracias)"
    body = visit(ana.mother).get(reverse("timeline", args=[ana.ana.ref])).content.decode()
    assert "In the next two weeks: 5 things" in body
    Guardianship.objects.filter(pk=ana.mothers_right.pk).update(educational_rights="limited")
    kinds = {each.kind for each in read(admit(ana.mother, ana.ana, TIMELINE)).coming}
    assert "documents" not in kinds  # closed to limited rights, here too


def test_nothing_yet(family, visit):
    body = visit(family.bens_mother).get(reverse("timeline", args=[family.ben.ref])).content.decode()
    assert "Nothing has happened yet this school year." in body


def test_who_has_left_has_nothing_ahead_and_a_sentence_that_is_true(on, admit, visit):
    family = on(date(2026, 10, 14))
    SchoolDay.objects.create(
        **rostered("closed"), school=family.oak, on=date(2026, 10, 16), kind="noSchool", title="Fall break"
    )
    assert [each.on for each in read(admit(family.mother, family.ana, TIMELINE)).coming] == [
        date(2026, 10, 16)
    ]
    Student.objects.filter(pk=family.ana.pk).update(left_on=date(2026, 10, 9))
    family.ana.refresh_from_db()
    assert read(admit(family.mother, family.ana, TIMELINE)).coming == ()
    page = visit(family.mother).get(reverse("timeline", args=[family.ana.ref])).content.decode()
    assert "No news here. The other pages show the record." in page
    assert "Nothing has happened yet" not in page


def test_the_timeline_of_someone_else_is_not_there(ana, visit):
    assert visit(ana.bens_mother).get(reverse("timeline", args=[ana.ana.ref])).status_code == 404
    Guardianship.objects.filter(pk=ana.mothers_right.pk).update(access_restriction="noRecords")
    assert visit(ana.mother).get(reverse("timeline", args=[ana.ana.ref])).status_code == 403


def test_twelve_years_of_events_cost_no_query(on, visit, django_assert_max_num_queries):
    family = on(MONDAY)
    Event.rows.for_import().bulk_create(
        Event(
            student=family.ana, section="attendance", kind="attendance.absent", on=MONDAY - timedelta(days=n)
        )
        for n in range(4000)
    )
    client, address = visit(family.mother), reverse("timeline", args=[family.ana.ref])
    client.get(address)
    with django_assert_max_num_queries(15):
        assert client.get(address).content.decode().count("<li id=") == 20
