"""The family's home: what needs me, over all children; and one student's home."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import Max
from django.db.models.functions import JSONObject
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from portal.access import gate, rules
from portal.audit.models import Access
from portal.family.models import Guardianship, Link
from portal.record import glances, home
from portal.record.models import Arrival, PutAway
from portal.record.section import Glance, Group, HomeFact, Place, Section
from portal.sections.attendance.models import Mark
from portal.students.models import Student
from portal.web import formats
from tests import cast
from tests.sections.attendance_rows import MONDAY, calendar, marks


@pytest.fixture
def two(on) -> cast.Cast:
    """Marisol has Ana, absent today and without a reason for Friday, and Ben, absent today."""
    family = on(MONDAY)
    calendar(family.oak, date(2026, 9, 28), date(2026, 11, 30), {
        date(2026, 10, 8): "Staff learning day",
        **{date(2026, 10, day): "Autumn recess" for day in (15, 16, 19)},
    })  # fmt: skip
    cast.link(family.mother, cast.guardianship(family.ben, family.mothers_right.guardian))
    marks(family.ana, [(date(2026, 10, 2), "unverifiedAbsence"), (MONDAY, "unverifiedAbsence")])
    marks(family.ben, [(MONDAY, "excusedAbsence")])
    return family


def sentences(page: str) -> list[str]:
    """The bold lines of "what needs me", in their order."""
    return [part.partition("</strong>")[0] for part in page.split("<strong>")[1:]]


def test_what_needs_me_comes_first_over_all_children(two, visit):
    page = visit(two.mother).get("/home/").content.decode()
    assert "<h2>3 things need you</h2>" in page
    assert sentences(page) == [
        "<bdi>Ana</bdi> was marked absent today",
        "<bdi>Ben</bdi> was marked absent today",
        "The school does not know yet why <bdi>Ana</bdi> was absent",
    ]


def test_days_in_a_row_without_school_are_told_as_one(two, visit):
    page = visit(two.mother).get("/home/").content.decode()
    assert page.count("No school (") == 2
    assert "October 15, 2026 to October 19, 2026: No school (<bdi>Autumn recess</bdi>)" in page


def test_a_recess_that_has_only_begun_to_come_up_is_told_to_its_end(on, visit):
    family = on(MONDAY)
    recess = [date(2026, 10, 26) + timedelta(days=n) for n in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 14, 15)]
    calendar(family.oak, MONDAY, date(2026, 12, 4), {
        **dict.fromkeys(recess, "Autumn recess"), date(2026, 11, 26): "Thanksgiving",
    })  # fmt: skip
    page = visit(family.mother).get("/home/").content.decode()
    assert "October 26, 2026 to November 10, 2026: No school" in page
    assert "Thanksgiving" not in page  # begins in more than 30 days


def test_done_puts_a_line_away_for_good(two, visit):
    client, key = visit(two.mother), f"attendance.absent:{two.ana.ref}:2026-10-05"
    for _twice in range(2):
        answer = client.post("/home/put-away/", {"key": key, "until": "done"})
        assert answer.headers["Location"] == "/home/?put-away=1"
    assert list(PutAway.objects.values_list("person__first_name", "key", "until")) == [("Marisol", key, None)]
    page = client.get("/home/?put-away=1").content.decode()
    assert "Put away. 2 things need you." in page
    assert "<bdi>Ana</bdi> was marked absent today" not in page


@pytest.mark.parametrize(("until", "comes_back"), [("tomorrow", True), ("done", False)])
def test_remind_me_tomorrow_brings_the_line_back_and_done_does_not(two, visit, on, until, comes_back):
    tuesday, asked = MONDAY + timedelta(days=1), "The school does not know yet why <bdi>Ana</bdi> was absent"
    client, key = visit(two.mother), f"attendance.no_reason:{two.ana.ref}:2026-10-05"
    on(tuesday)
    client.post("/home/put-away/", {"key": key, "until": until})
    assert asked not in client.get("/home/").content.decode()
    on(tuesday + timedelta(days=1))
    assert (asked in client.get("/home/").content.decode()) is comes_back


@pytest.mark.parametrize("key", ["", "attendance.absent:nobody:2026-10-05", "x" * 5000, "\x00"])
def test_a_line_that_does_not_wait_cannot_be_put_away(two, visit, key):
    assert visit(two.mother).post("/home/put-away/", {"key": key}).status_code == 302
    assert not PutAway.objects.exists()


def test_putting_away_is_the_persons_own(two, visit):
    cast.link(two.stranger, cast.guardianship(two.ana, two.bens_right.guardian))
    visit(two.mother).post("/home/put-away/", {"key": f"attendance.absent:{two.ana.ref}:2026-10-05"})
    assert "<bdi>Ana</bdi> was marked absent today" in visit(two.stranger).get("/home/").content.decode()


def test_a_link_cannot_put_a_line_away(two, visit):
    assert visit(two.mother).get("/home/put-away/").status_code == 405


def test_six_lines_at_most_then_a_link_to_all(on, visit):
    family = on(MONDAY)
    marks(family.ana, [(MONDAY, "unverifiedAbsence")])
    for n in range(6):
        child = Student.objects.create(
            **cast.rostered(f"child-{n}"), student_id=f"C{n}", given_name=f"Child {n}", school=family.oak
        )
        cast.link(family.mother, cast.guardianship(child, family.mothers_right.guardian))
        marks(child, [(MONDAY, "unverifiedAbsence")])
    client = visit(family.mother)
    first, all_of_them = (client.get(address).content.decode() for address in ("/home/", "/home/?all=1"))
    assert (len(sentences(first)), len(sentences(all_of_them))) == (6, 7)
    assert "<h2>7 things need you</h2>" in first
    assert "See all 7" in first
    assert "See all" not in all_of_them


def test_when_nothing_waits_the_page_says_so(on, visit):
    family = on(MONDAY)
    page = visit(family.mother).get("/home/").content.decode()
    assert "Nothing needs you right now." in page
    assert "Last checked" in page


@pytest.mark.parametrize(
    ("hour", "greeting"),
    [(6, "Good morning"), (11, "Good morning"), (12, "Good afternoon"), (18, "Good evening")],
)
def test_the_greeting_follows_the_schools_clock(on, visit, monkeypatch, hour, greeting):
    family = on(MONDAY)
    moment = datetime(2026, 10, 5, hour, 30, tzinfo=ZoneInfo("America/Los_Angeles"))
    monkeypatch.setattr(home, "localtime", lambda: moment)
    assert f"{greeting}, <bdi>Marisol</bdi>" in visit(family.mother).get("/home/").content.decode()


def test_a_card_says_when_its_records_are_late_and_the_other_does_not(two, visit):
    Student.objects.filter(pk=two.ben.pk).update(source="other")
    for source, hours in (("sis", 1), ("other", 49)):
        Arrival.objects.create(
            source=source, file="attendance.csv", as_of=now() - timedelta(hours=hours), run_id=1
        )
    page = visit(two.mother).get("/home/").content.decode()
    ana, ben = page.split("<article")[1:]
    assert "This may be out of date." not in ana
    assert "This may be out of date." in ben


def test_a_card_says_that_newer_records_are_being_checked(two, visit):
    Arrival.objects.create(
        source="sis", file="attendance.csv", as_of=now() - timedelta(hours=1), run_id=1, held_since=now()
    )
    assert "The school is checking new information." in visit(two.mother).get("/home/").content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ends": date(2026, 10, 4)}, "You no longer have access to this student's records."),
        ({"access_restriction": "noRecords"}, "You no longer have access to this student's records."),
    ],
)
def test_a_child_whose_record_closed_stays_with_its_words_and_without_facts(two, visit, change, words):
    Guardianship.objects.filter(student=two.ben, guardian=two.mothers_right.guardian).update(**change)
    client = visit(two.mother)
    card = client.get("/home/").content.decode().split("<article")[2].replace("&#39;", "'")
    assert words in card
    assert "Oak School" not in card
    assert "fact" not in card
    for address in (f"/students/{two.ben.ref}/", f"/students/{two.ben.ref}/attendance/"):
        answer = client.get(address)
        assert answer.status_code == 403
        assert words in answer.content.decode().replace("&#39;", "'")
        assert "Oak School" not in answer.content.decode()


def test_a_pin_to_check_is_announced_until_its_day_and_closes_after(two, visit, on):
    Link.objects.filter(person=two.mother, guardianship__student=two.ana).update(verify_by=MONDAY)
    client = visit(two.mother)
    assert "Check your PIN for <bdi>Ana</bdi> by" in client.get("/home/").content.decode()
    on(MONDAY + timedelta(days=1))
    page = client.get("/home/").content.decode().replace("&#39;", "'")
    assert "Enter your PIN to open <bdi>Ana</bdi>'s records again." in page


def test_a_child_of_18_who_holds_the_rights_is_named_and_closed(two, visit):
    Student.objects.filter(pk=two.ben.pk).update(birth_date=date(2008, 10, 5), objects_to_parents=True)
    assert "<bdi>Ben</bdi> is 18 now." in visit(two.mother).get("/home/").content.decode()


def test_the_look_at_all_children_is_written_in_one_statement(two, visit):
    with CaptureQueriesContext(connection) as captured:
        visit(two.mother).get("/home/")
    assert sum('INSERT INTO "audit_access"' in query["sql"] for query in captured) == 1
    assert list(Access.objects.order_by("pk").values_list("student__given_name", "section", "action")) == [
        ("Ana", "home", "see"),
        ("Ben", "home", "see"),
    ]


def asked(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for query in captured)


def test_the_home_asks_the_database_as_often_for_four_children_as_for_one(on, visit):
    family = on(date(2027, 6, 4))
    calendar(family.oak, date(2026, 8, 17), date(2027, 6, 9))
    children = [family.ana, family.ben]
    for name in ("Cal", "Dee", "Eli"):
        child = Student.objects.create(
            **cast.rostered(name), student_id=name, given_name=name, school=family.oak
        )
        cast.link(family.mother, cast.guardianship(child, family.mothers_right.guardian))
        children.append(child)
    for child in children:
        days = 1 if child == family.ben else 180
        marks(child, [(date(2027, 6, 4) - timedelta(days=n), "unverifiedAbsence") for n in range(days)])
    one, four = visit(family.bens_mother), visit(family.mother)
    one.get("/home/")
    assert asked(one, "/home/") == asked(four, "/home/") <= 12


def test_a_students_home_is_the_menu_with_todays_facts(two, visit):
    page = visit(two.mother).get(f"/students/{two.ana.ref}/").content.decode()
    for words in (
        "<h2>Every day</h2>",
        "Today: absent",
        "2 missed days",
        "Tell the school why",
        "••••X327",
        f'href="/students/{two.ben.ref}/"',
    ):
        assert words in page


def test_a_child_without_a_section_is_named_with_it(two, visit, monkeypatch):
    client = visit(two.mother)
    monkeypatch.setattr(home.faces, "open_sections", lambda actor, grant: [])
    page = client.get(f"/students/{two.ben.ref}/?missing=attendance").content.decode()
    assert "<bdi>Ben</bdi> does not have a Attendance page." in page
    assert "does not have a" not in client.get(f"/students/{two.ben.ref}/?missing=<b>x</b>").content.decode()


def test_the_switcher_keeps_the_section(two, visit):
    page = visit(two.mother).get(f"/students/{two.ana.ref}/attendance/").content.decode()
    assert f'href="/students/{two.ben.ref}/attendance/"' in page


def test_classic_mode_shows_a_list_and_a_table(two, visit):
    two.mother.classic = True
    two.mother.save()
    client = visit(two.mother)
    for address in ("/home/", f"/students/{two.ana.ref}/"):
        answer = client.get(address)
        assert "<svg" not in answer.content.decode()
        assert len(answer.content) < 10_000
    assert "<ol>" in client.get("/home/").content.decode()


def a_section(key: str, place: Place) -> Section:
    """A section whose tile is made of the day attendance was last sent."""
    return Section(
        key=key,
        title="Bus Routes",
        icon="bus",
        group=Group.EVERY_DAY,
        may_see=(rules.guardian,),
        read=lambda grant: None,
        home=Glance(
            lambda grants: (
                Mark.rows.under(*grants)
                .order_by()
                .values("student")
                .annotate(facts=JSONObject(on=Max("on"))),
            ),
            lambda grant, facts: HomeFact(
                tile=facts.get("on", ""), place=Place.GROUP if facts else place, about="How to ask for one."
            ),
        ),
    )


@pytest.fixture
def glancing(two, monkeypatch) -> list[Section]:
    """Three sections of one row a child; only Ana has any. Their rows are those of attendance."""
    Mark.rows.for_import().filter(student=two.ben).delete()
    three = [a_section(f"a-{place.value}", place) for place in (Place.WITHOUT, Place.OTHER, Place.LATER)]
    monkeypatch.setattr(Mark, "belongs_to", ("attendance", *(each.key for each in three)))
    return three


def test_the_tiles_of_all_sections_and_children_are_one_query(two, glancing, admit):
    cast.link(two.stranger, cast.guardianship(two.ana, two.bens_right.guardian))
    asked_of = [(each, [admit(two.mother, child, each) for child in (two.ana, two.ben)]) for each in glancing]
    with CaptureQueriesContext(connection) as captured:
        facts = glances.said(asked_of)
    assert len(captured) == 1
    assert [(fact.tile, fact.place) for fact in facts[two.ana.pk].values()] == [
        ("2026-10-05", Place.GROUP)
    ] * 3
    assert [(fact.tile, fact.place.value) for fact in facts[two.ben.pk].values()] == [
        ("", "without"), ("", "other"), ("", "later"),
    ]  # fmt: skip


def test_what_a_child_is_not_in_stands_last_with_how_to_ask(two, glancing, admit):
    grants = [(each, [admit(two.mother, two.ben, each)]) for each in glancing]
    groups = home.groups(glancing, glances.said(grants)[two.ben.pk])
    assert [(str(words), [tile.section.key for tile in tiles]) for words, tiles in groups] == [
        ("Every day", ["a-without"]),
        ("Other programs", ["a-other"]),
        ("Later", ["a-later"]),
    ]


def test_the_switcher_leads_home_for_a_child_who_lacks_the_section(two, glancing, admit):
    assert home.faces._lacking(gate.Actor(two.mother), glancing[0]) == {two.ben.pk}


def test_the_menu_of_all_sections_asks_ten_times_at_most(two, visit):
    client, address = visit(two.mother), f"/students/{two.ana.ref}/"
    client.get(address)
    assert asked(client, address) <= 10


@pytest.mark.parametrize(
    ("days", "warned"), [(61, False), (60, True), (1, True), (0, False)]
)  # until the birthday
def test_a_family_is_told_60_days_ahead_that_the_record_becomes_the_students(
    days, warned, two, visit, settings
):
    birthday = MONDAY + timedelta(days=days)
    Student.objects.filter(pk=two.ana.pk).update(birth_date=birthday.replace(year=birthday.year - 18))
    words = f"<bdi>Ana</bdi> turns 18 on {formats.long_date(birthday)}. From that day, school records belong to <bdi>Ana</bdi>."
    goes_on = "You can still see them here while <bdi>Ana</bdi> is enrolled, unless <bdi>Ana</bdi> objects."
    client = visit(two.mother)
    for address in ("/home/", f"/students/{two.ana.ref}/"):
        page = client.get(address).content.decode()
        assert (words in page, goes_on in page) == (warned, warned)
    settings.DISTRICT = replace(settings.DISTRICT, parents_after_18=False)
    page = client.get("/home/").content.decode()
    assert ("You will not see them here then." in page) is warned
    assert goes_on not in page


def test_who_holds_the_own_rights_is_told_of_no_birthday(two, visit):
    Student.objects.filter(pk=two.ana.pk).update(birth_date=date(2008, 11, 1))
    Guardianship.objects.filter(pk=two.mothers_right.pk).update(relationship="selfAdult")
    assert "turns 18" not in visit(two.mother).get("/home/").content.decode()
