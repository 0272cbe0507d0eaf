"""T11: how far families have come, equal to the tables, and never so small that a family could be found."""

import random
import re
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils.timezone import localdate, now

from portal.access.models import Post
from portal.family.models import Guardian, Link, Pin
from portal.people.asking import opened
from portal.people.models import Person
from portal.staff import adoption, jobs
from portal.staff.adoption import STEPS, Group
from portal.staff.models import FamilyCount, Goal, Listed
from portal.students.models import Org, Student
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
    told = adoption.numbers(counted.district, localdate()).total
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
    told = dict(zip(STEPS, adoption.numbers(counted.district, localdate()).total, strict=True))
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
    # Of the days before one row for each school stays: the weeks ask for nothing else.
    assert sorted(FamilyCount.objects.values_list("on", "grade", "students")) == [
        (monday - timedelta(days=1), "", 17),
        (monday + timedelta(days=1), "03", 1),
        (monday + timedelta(days=1), "03", 3),
        (monday + timedelta(days=1), "09", 13),
    ]


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
    # Grade 3 has four students, so grade 9 is hidden with it; languages are not told of one school at all.
    assert (page.count("Hidden") >= 14, "By home language" in page) == (True, False)


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


# Behind the wall


def test_the_job_counts_pins_and_accounts_in_the_role_that_sees_no_names(crowd):
    jobs.count_families()
    behind = sorted(FamilyCount.objects.values_list("school", "grade", "language", *STEPS))
    adoption.count(localdate())
    assert behind == sorted(FamilyCount.objects.values_list("school", "grade", "language", *STEPS))
    assert sum(row[5] for row in behind) == 7  # three PINs of families without a link, and four links


@pytest.mark.parametrize(
    "rows",
    [
        Student.objects.values_list("given_name"),
        Guardian.objects.values_list("family_name"),
        Person.objects.values_list("first_name"),
        Pin.objects.values_list("sealed"),
    ],
)
def test_who_counts_reads_no_name_and_no_pin(crowd, rows):
    with pytest.raises(DatabaseError), opened("reporter"):
        list(rows)


def test_staff_read_the_counts_of_their_schools_alone_and_change_none(counted):
    with opened("staff", counted.ms_lee.pk):
        assert FamilyCount.objects.count() == 0
    with pytest.raises(DatabaseError), opened("staff", counted.ms_reed.pk):
        FamilyCount.objects.update(linked=1)


# Nobody can be found by subtraction


def a_district(rng):
    """Up to three regions of up to five schools, each with up to five grades of 1 to 40 students in two languages."""
    top = Org.objects.create(**rostered("top"), name="Top", type="district")
    for r in range(rng.randint(1, 3)):
        region = Org.objects.create(**rostered(f"r{r}"), name=f"R{r}", type="local", parent=top)
        for s in range(rng.randint(1, 5)):
            school = Org.objects.create(**rostered(f"s{r}{s}"), name=f"S{r}{s}", type="school", parent=region)
            for grade in rng.sample(["KG", "01", "02", "03", "04"], rng.randint(1, 5)):
                for language in rng.sample(["es", "fa"], rng.randint(1, 2)):
                    n = rng.choice([1, 3, 8, 9, 10, 11, 25, 40])
                    FamilyCount.objects.create(
                        on=localdate(), school=school, grade=grade, language=language,
                        **dict.fromkeys(STEPS, n),
                    )  # fmt: skip
    return top


@pytest.mark.parametrize("seed", range(12))
def test_everything_the_pages_show_together_tells_no_small_group(db, seed):
    """As an attacker would: every number shown is an equation over the cells; no small group may follow from them."""
    import numpy as np

    top = a_district(random.Random(seed))
    cells = list(
        FamilyCount.objects.select_related("school__parent").values_list(
            "school_id", "school__parent_id", "grade", "language", "students"
        )
    )

    def of(*, school=None, region=None, grade=None, language=None):
        wanted = (school, region, grade, language)
        return np.array(
            [all(w is None or w == have for w, have in zip(wanted, cell, strict=False)) for cell in cells],
            float,
        )

    shown, pages, places = [], [], [(top, {}, ())]
    while places:
        place, own, above = places.pop()
        told = adoption.numbers(place, localdate())
        if told.total[0] < adoption.LEAST:
            continue
        pages.append((place, told, above))
        shown.append(of(**own))
        for part in told.parts:
            if part.numbers:
                below = Org.objects.get(ref=part.key)
                kind = {"local": "region", "school": "school"}[below.type]
                places.append((below, {kind: below.pk}, (*above, place.pk)))
    for place, told, _above in pages:
        # A larger place adds up what the pages below it show, so it says nothing that they do not.
        added = {}
        for school, its, above in pages:
            if school.type == "school" and place.pk in (school.pk, *above):
                for each in its.grades:
                    if each.numbers:
                        added[each.key] = added.get(each.key, 0) + of(school=school.pk, grade=each.key)
        assert {g.key: g.numbers[0] for g in told.grades if g.numbers} == {
            key: int(row @ [cell[4] for cell in cells]) for key, row in added.items()
        }
        shown += added.values()
        if place.type == "local":
            shown += [of(region=place.pk, language=g.key) for g in told.languages if g.numbers]
        assert place.type != "school" or told.languages == []
    known = np.array(shown).reshape(-1, len(cells))
    rank = np.linalg.matrix_rank(known) if shown else 0
    sizes = np.array([cell[4] for cell in cells])
    groups = [{"school": cell[0], "grade": cell[2]} for cell in cells]
    groups += [{"school": cell[0]} for cell in cells]
    groups += [{"region": cell[1], "language": cell[3]} for cell in cells]
    found = [
        group
        for group in groups
        if of(**group) @ sizes < adoption.LEAST
        and np.linalg.matrix_rank(np.vstack([known, of(**group)])) == rank
        and shown
    ]
    assert found == []


# The people behind the number, and the goal


@pytest.fixture
def principal(counted):
    Post.objects.filter(person=counted.ms_reed).update(role=Post.Role.PRINCIPAL, gives_pins=True)
    return counted.ms_reed


def test_the_number_leads_to_the_students_and_to_my_list(counted, principal, visit):
    client = visit(principal)
    address = f"/staff/dashboards/pins/students/?place={counted.oak.ref}"
    page = client.get(address).content.decode()
    assert ("13 students" in page, counted.ana.ref in page, counted.ben.ref in page) == (True, False, False)
    assert "10 students" in client.get(address + "&grade=09").content.decode()
    assert client.post(address + "&grade=09").status_code == 302
    assert set(Listed.objects.filter(person=principal).values_list("student__grade", flat=True)) == {"09"}
    assert Listed.objects.count() == 10


def test_a_link_of_someone_without_the_right_links_nobody(counted, principal, visit):
    type(counted.mothers_right).objects.filter(pk=counted.mothers_right.pk).update(educational_rights="none")
    page = visit(principal).get(f"/staff/dashboards/pins/students/?place={counted.oak.ref}").content.decode()
    assert counted.ana.ref in page


@pytest.mark.parametrize("who", ["ms_lee", "mother"])
def test_the_students_of_another_school_are_not_there(counted, visit, who):
    client = visit(getattr(counted, who))
    address = f"/staff/dashboards/pins/students/?place={counted.oak.ref}"
    found = 404 if who == "ms_lee" else 302
    assert (client.get(address).status_code, client.post(address).status_code) == (found, found)
    assert Listed.objects.count() == 0


def aim(percent="80", days=30):
    by = localdate() + timedelta(days=days)
    return {"percent": percent, "by_month": by.month, "by_day": by.day, "by_year": by.year}


def test_a_principal_sets_the_goal_of_the_school_and_reads_how_far_it_is(counted, principal, visit):
    client = visit(principal)
    done = client.post("/staff/dashboards/pins/goal/", {"place": counted.oak.ref, **aim("50")}, follow=True)
    assert all(
        said in done.content.decode()
        for said in ("The goal stands.", "Goal: 50% by", "5 more families reach it.")
    )
    goal = Goal.objects.get()
    assert (goal.place, goal.percent, goal.set_by) == (counted.oak, 50, principal)
    again = client.post("/staff/dashboards/pins/goal/", {"place": counted.oak.ref, **aim("20")}, follow=True)
    assert ("Reached." in again.content.decode(), Goal.objects.count()) == (True, 1)


@pytest.mark.parametrize("said", [aim("101"), aim("0"), aim("x"), aim(days=-1), {"percent": "50"}])
def test_a_goal_that_cannot_be_is_refused(counted, principal, visit, said):
    answer = visit(principal).post("/staff/dashboards/pins/goal/", {"place": counted.oak.ref, **said})
    assert (answer.status_code, Goal.objects.count()) == (422, 0)


def test_nobody_sets_a_goal_for_a_place_they_do_not_answer_for(counted, principal, visit):
    there = {"place": counted.lincoln.ref, **aim()}
    assert visit(principal).post("/staff/dashboards/pins/goal/", there).status_code == 404
    assert (
        visit(counted.ms_lee).post("/staff/dashboards/pins/goal/", there).status_code == 404
    )  # an office manager
    assert visit(counted.mother).post("/staff/dashboards/pins/goal/", there).status_code == 302
    with pytest.raises(DatabaseError), opened("staff", principal.pk):
        Goal.objects.create(place=counted.lincoln, percent=1, by=localdate(), set_by=principal)
    assert Goal.objects.count() == 0


def test_the_table_sorts_by_any_column_and_says_so(counted, visit):
    Post.objects.filter(person=counted.ms_lee).update(
        role=Post.Role.DISTRICT_ADMINISTRATOR, place=counted.district
    )
    for name, linked in (("Ash", 30), ("Birch", 10), ("Cedar", 20)):
        school = Org.objects.create(**rostered(name), name=name, type="school", parent=counted.oak.parent)
        FamilyCount.objects.create(
            on=localdate(), school=school, grade="01",
            **(dict.fromkeys(STEPS, 40) | {"linked": linked}),
        )  # fmt: skip
    client, at = visit(counted.ms_lee), f"/staff/dashboards/pins/?place={counted.oak.parent.ref}"

    def order(query):
        page = client.get(at + query).content.decode()
        names = re.findall(r"<bdi>(Ash|Birch|Cedar|Oak School)</bdi></a>", page)
        return names, re.findall(r'aria-sort="(\w+)"', page)

    assert order("") == (["Ash", "Birch", "Cedar", "Oak School"], ["ascending"])
    assert order("&sort=linked") == (["Oak School", "Birch", "Cedar", "Ash"], ["ascending"])
    assert order("&sort=share&down") == (["Ash", "Cedar", "Birch", "Oak School"], ["descending"])
    assert order("&sort=nonsense") == (["Ash", "Birch", "Cedar", "Oak School"], ["ascending"])


def test_the_sheet_to_print_shows_what_the_page_shows(counted, visit):
    page = visit(counted.ms_reed).get("/staff/dashboards/pins/print/").content.decode()
    assert ("23.5% of <bdi>Oak School</bdi>" in page, "Hidden" in page) == (True, True)
