"""T11: how far families have come, equal to the tables, and never so small that a family could be found."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate, now

from portal.access.models import Post
from portal.family.models import Guardian, Link, Pin
from portal.staff import adoption, jobs
from portal.staff.adoption import STEPS, Group
from portal.staff.models import FamilyCount
from portal.students.models import Student
from tests.cast import guardianship, link, person, rostered


def group(words, students, linked=0):
    return Group(words, words, (students, students, linked, linked, linked, 0))


def hidden(*groups):
    return {each.words for each in adoption.hide(groups) if each.numbers is None}


@pytest.fixture
def crowd(family):
    """Twelve more in grade 9 and three in grade 3; of the twelve, five have a PIN and two of these are linked."""
    for n in range(15):
        student = Student.objects.create(
            **rostered(f"s-{n}"), student_id=f"1{n:09}", given_name="A", family_name="B", school=family.oak,
            grade="09" if n < 12 else "03", entered_on=localdate(),
        )  # fmt: skip
        adult = Guardian.objects.create(
            **rostered(f"a-{n}"),
            given_name="C",
            email=f"adult{n}@example.org",
            language="es" if n < 12 else "fa",
        )
        right = guardianship(student, adult)
        if n < 5:
            Pin.objects.create(
                guardianship=right,
                sealed=b"",
                lookup=str(n),
                expires_at=now() + timedelta(days=1),
                given_at=now(),
            )
        if n < 3:
            account = person("C", str(n), f"adult{n}@example.org")
            if n < 2:
                link(account, right)
    return family


@pytest.fixture
def counted(crowd):
    jobs.count_families()
    return crowd


def test_totals_equal_counts_taken_straight_from_the_tables(counted):
    enrolled = Student.objects.filter(active=True)
    told = adoption._sums(FamilyCount.objects.all())
    linked = {each.guardianship.student_id for each in Link.objects.filter(ended_at=None)} - set()
    barred = counted.fathers_right.student_id
    assert dict(zip(STEPS, told, strict=True)) == {
        "students": enrolled.count(),
        "verified": enrolled.count(),
        "issued": len(linked) + 3,
        "registered": len(linked) + 1,
        "linked": len(linked),
        "active": 0,
    }
    assert barred in linked  # by the mother; the father, whom the school bars, adds nothing
    assert set(FamilyCount.objects.values_list("grade", "language", "students", "linked")) == {
        ("09", "es", 13, 3),
        ("03", "fa", 3, 0),
        ("03", "", 1, 1),
    }


def test_who_left_or_lost_the_right_does_not_count(counted):
    Student.objects.filter(pk=counted.ben.pk).update(left_on=localdate() - timedelta(days=1))
    type(counted.mothers_right).objects.filter(pk=counted.mothers_right.pk).update(educational_rights="none")
    adoption.count(localdate())
    told = dict(zip(STEPS, adoption._sums(FamilyCount.objects.all()), strict=True))
    assert (told["students"], told["verified"], told["linked"]) == (16, 15, 2)


def test_counting_twice_a_day_counts_once_and_weeks_keep_their_last_day(crowd):
    monday = localdate() - timedelta(days=localdate().weekday())
    for day in (monday - timedelta(weeks=13), monday - timedelta(days=1), monday, monday + timedelta(days=1)):
        adoption.count(day)
        adoption.count(day)
    assert sorted(set(FamilyCount.objects.values_list("on", flat=True))) == [
        monday - timedelta(days=1),
        monday + timedelta(days=1),
    ]
    assert FamilyCount.objects.count() == 6


def test_a_small_group_is_hidden_with_the_next_one_so_that_subtraction_tells_nothing():
    assert hidden(group("a", 9), group("b", 40), group("c", 90)) == {"a", "b"}
    assert hidden(group("a", 3), group("b", 4), group("c", 30), group("d", 90)) == {"a", "b", "c"}
    assert hidden(group("a", 6), group("b", 7), group("c", 90)) == {"a", "b"}
    assert hidden(group("a", 10), group("b", 11)) == set()
    assert hidden(group("a", 9)) == {"a"}


def test_a_principal_reads_the_share_of_the_school_and_not_of_small_grades(counted, visit):
    page = visit(counted.ms_reed).get("/staff/dashboards/pins/").content.decode()
    assert ("23.5% of <bdi>Oak School</bdi> families are linked." in page, "13 are not." in page) == (
        True,
        True,
    )
    # Grade 3 has four students, so grade 9 is hidden with it; so are the languages.
    assert page.count("Hidden") >= 14
    assert "fa" not in [row.key for row in adoption.hide([group("es", 13), group("fa", 3)]) if row.numbers]


def test_places_out_of_reach_are_not_there(counted, visit):
    for who in (counted.ms_lee, counted.ms_reed):
        for place in (counted.oak, counted.lincoln, counted.oak.parent, counted.district):
            mine = Post.objects.get(person=who).place_id == place.pk
            answer = visit(who).get(f"/staff/dashboards/pins/?place={place.ref}")
            assert answer.status_code == (200 if mine else 404), (who.name, place.name)
    assert visit(counted.mother).get("/staff/dashboards/pins/").status_code == 302


def test_the_district_drills_down_and_takes_the_table_with_it(counted, visit, django_assert_max_num_queries):
    Post.objects.filter(person=counted.ms_lee).update(
        role=Post.Role.DISTRICT_ADMINISTRATOR, place=counted.district
    )
    client = visit(counted.ms_lee)
    with django_assert_max_num_queries(18):
        page = client.get("/staff/dashboards/pins/").content.decode()
    assert f'href="?place={counted.oak.parent.ref}"' in page
    sheet = client.get(f"/staff/dashboards/pins.csv?place={counted.oak.parent.ref}").content.decode(
        "utf-8-sig"
    )
    assert sheet == (
        "Place,Students,Verified parent on file,PIN given,Registered,Linked,Active in 30 days\r\n"
        "Oak School,17,17,7,5,4,0\r\n"
    )


def test_before_the_first_count_the_page_says_when_it_comes(family, visit):
    assert (
        "Nothing has been counted yet."
        in visit(family.ms_reed).get("/staff/dashboards/pins/").content.decode()
    )
