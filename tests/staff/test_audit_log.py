"""T17: who may read the record of access, what the filters find, and that reading it is written down."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils.timezone import localdate, now

from portal.access.models import Post
from portal.audit.models import Access
from portal.family.models import ContactPoint
from portal.staff import audit_log
from tests.cast import rostered
from tests.privacy.conftest import words

LOG = "/staff/audit/"


@pytest.fixture
def auditor(family):
    """Ms Lee as the district's auditor."""
    Post.objects.filter(person=family.ms_lee).update(role=Post.Role.AUDITOR, place=family.district)
    return family.ms_lee


@pytest.fixture
def principal(family):
    """Ms Lee as the principal of Oak."""
    Post.objects.filter(person=family.ms_lee).update(role=Post.Role.PRINCIPAL, place=family.oak)
    return family.ms_lee


@pytest.fixture
def row(family):
    """row(person, **columns): a row about Ana."""

    def make(person=None, **columns):
        values = {"role": "office_manager", "place": "Oak School", "org": family.oak, "student": family.ana,
                  "section": "attendance", "action": "see", "why": "staff_at_the_school"}  # fmt: skip
        if "machine" not in columns:
            values["person"] = person or family.ms_reed
        return Access.objects.create(**(values | columns))

    return make


def test_the_auditor_reads_who_what_whose_when_and_why(family, visit, auditor, row):
    row(purpose="helping", request_id="0123456789abcdef0123456789abcdef")
    page = words(visit(auditor).get(LOG))
    for said in ("Joan Reed", "Office manager", "Oak School", "Looked at it", "Attendance", "Ana Reyes", "204518X327",
                 "To help a parent", "01234567"):  # fmt: skip
        assert said in page


def test_what_a_search_found_and_why_letters_were_printed_are_said_in_words(family, visit, auditor, row):
    row(student=None, section="search", action="search", why="21 found")
    row(student=None, section="letters", action="letters_asked", why="new_year")
    page = words(visit(auditor).get(LOG))
    assert "21 students found" in page
    assert "New school year or new students" in page


def test_looking_is_itself_written_down(visit, auditor):
    client = visit(auditor)
    client.get(LOG)
    assert [(each.section, each.action, each.person) for each in Access.objects.all()] == [
        ("audit", "see", auditor)
    ]
    assert "Audit log" in words(client.get(LOG))


def test_a_principal_reads_of_the_own_school_alone(family, visit, principal, row):
    row()
    row(student=family.ben, org=family.lincoln, place="Lincoln High", why="elsewhere")
    page = words(visit(principal).get(LOG))
    assert "Ana Reyes" in page
    assert "Ben Okafor" not in page
    assert "elsewhere" not in page


@pytest.mark.parametrize(
    "role", [Post.Role.OFFICE_MANAGER, Post.Role.COUNSELOR, Post.Role.TEACHER, Post.Role.FAMILY_HOTLINE]
)
def test_others_meet_a_closed_door_and_no_menu_entry(family, visit, role):
    Post.objects.filter(person=family.ms_reed).update(role=role)
    client = visit(family.ms_reed)
    assert client.get(LOG).status_code == 403
    assert client.post(LOG, {"reason": "x"}).status_code == 403
    assert LOG not in client.get("/staff/home/").content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"who": "joan reed"}, ["see"]),
        ({"who": "JOAN.REED@staff.example.org"}, ["see"]),
        ({"who": "nobody"}, []),
        ({"who": "Schoology"}, ["sent"]),
        ({"role": "machine"}, ["sent"]),
        ({"role": "guardian"}, ["linked"]),
        ({"student": "204519x328"}, ["linked"]),
        ({"student": "%"}, []),
        ({"section": "attendance"}, ["see"]),
        ({"action": "sent"}, ["sent"]),
        ({"action": "sent", "section": "attendance"}, []),
    ],
)
def test_the_filters_find_what_they_say(family, visit, auditor, row, query, found):
    row()
    row(machine="Schoology", role="machine", section="card", action="sent")
    row(family.mother, role="guardian", student=family.ben, section="link", action="linked")
    answer = visit(auditor).get(LOG, query)
    acts = {"see": "Looked at it", "sent": "Got this data", "linked": "Added the student"}
    table = words(answer).partition("Entries, newest first")[2].partition("Download these entries")[0]
    assert [act for act, said in acts.items() if said in table] == found


def test_from_and_to_are_whole_school_days(visit, auditor, row):
    row(at=now() - timedelta(days=3), why="three days ago")
    row(at=now() - timedelta(days=1), why="yesterday")
    day = localdate() - timedelta(days=3)
    page = words(visit(auditor).get(LOG, {"since": day.isoformat(), "until": day.isoformat()}))
    assert "three days ago" in page
    assert "yesterday" not in page


def test_a_filter_that_is_not_understood_shows_nothing_and_says_so(visit, auditor, row):
    row()
    answer = visit(auditor).get(LOG, {"since": "yesterday"})
    assert (answer.status_code, "Choose a real date." in words(answer)) == (422, True)
    assert "Ana Reyes" not in words(answer)
    assert visit(auditor).get(LOG, {"role": "emperor"}).status_code == 422


def test_each_active_filter_is_a_chip_that_takes_it_away(visit, auditor):
    page = visit(auditor).get(LOG, {"section": "attendance", "who": "reed"}).content.decode()
    assert 'href="?who=reed"' in page
    assert 'href="?section=attendance"' in page


def test_pages_of_twenty_five_follow_one_another_without_gap_or_double(visit, auditor, row):
    same = now() - timedelta(days=2)
    for n in range(60):
        row(at=same if n % 2 else same - timedelta(minutes=n), why=f"row-{n:02}")
    client, address, seen = visit(auditor), LOG + "?section=attendance", []
    for _page in range(3):
        page = client.get(address).content.decode()
        seen += re.findall(r"row-\d\d", page)
        older = re.findall(r'href="([^"]+)" rel="next"', page)
        address = LOG + older[0].replace("&amp;", "&") if older else ""
    assert (len(seen), len(set(seen)), address) == (60, 60, "")


def test_a_page_deep_in_the_log_costs_one_walk_down_an_index(visit, auditor, row):
    for n in range(40):
        row(at=now() - timedelta(minutes=n))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # a small table is quicker read whole
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        for column, value in (("student_id", 1), ("person_id", 1), ("org_id", 1), (None, None)):
            where = f"{column} = {value} AND" if column else ""
            cursor.execute(
                f"EXPLAIN SELECT * FROM audit_access WHERE {where} at <= now() AND (at < now() OR id < 9)"
                " ORDER BY at DESC, id DESC LIMIT 26"
            )
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Index Scan using audit_" in plan, plan


@pytest.mark.parametrize(
    "mark", ["", "yesterday_1", "2026-01-01_5", "2026-01-01T00:00:00+00:00_x", "_", "'; --"]
)
def test_a_strange_mark_is_the_first_page_or_an_empty_one(visit, auditor, mark):
    assert visit(auditor).get(LOG, {"before": mark}).status_code == 200


def test_a_turned_away_look_at_a_limited_record_stands_out(family, visit, auditor):
    other = visit(family.ms_reed)
    Post.objects.filter(person=family.ms_reed).update(place=family.lincoln)
    assert other.get(f"/staff/students/{family.ana.ref}/").status_code == 404
    assert other.get(f"/staff/students/{family.ben.ref}/").status_code == 404
    assert other.get("/staff/students/aaaaaaaaaa/").status_code == 404
    rows = Access.objects.filter(action="refused").order_by("pk").values_list("student", "section", "person")
    assert list(rows) == [
        (family.ana.pk, "card", family.ms_reed.pk),
        (family.ben.pk, "card", family.ms_reed.pk),
        (None, "card", family.ms_reed.pk),
    ]
    page = visit(auditor).get(LOG, {"action": "refused"})
    assert words(page).count("Turned away") >= 3
    assert page.content.decode().count('class="limited"') == 1  # Ana's father is barred from records
    ContactPoint.objects.create(
        **rostered("home"), guardian=family.bens_right.guardian, kind="homeAddress", value="7 Way", do_not_publish=True
    )  # fmt: skip
    page = visit(auditor).get(LOG, {"action": "refused"})
    assert page.content.decode().count('class="limited"') == 2  # Ben's mother has a confidential address


def test_a_file_needs_a_reason_which_is_kept(visit, auditor, row):
    row(purpose="other", purpose_words="=HYPERLINK(1)")
    client = visit(auditor)
    refused = client.post(LOG, {"reason": ""})
    assert (refused.status_code, "Say why you need the file." in words(refused)) == (422, True)
    answer = client.post(LOG + "?section=attendance", {"reason": "Yearly review"})
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(lines) == 2
    assert lines[1][1:8] == [
        "Joan Reed",
        "Office manager",
        "Oak School",
        "Looked at it",
        "Attendance",
        "Ana Reyes",
        "204518X327",
    ]
    assert lines[1][8].startswith("'=")
    kept = Access.objects.get(action="exported")
    assert (kept.section, kept.purpose, kept.purpose_words) == ("audit", "other", "Yearly review")


def test_a_file_of_too_much_is_refused_in_words(visit, auditor, row, monkeypatch):
    monkeypatch.setattr(audit_log, "MOST_ROWS", 2)
    for _n in range(3):
        row()
    answer = visit(auditor).post(LOG + "?section=attendance", {"reason": "All of it"})
    assert (answer.status_code, "That is too much for one file." in words(answer)) == (422, True)
    assert not Access.objects.filter(action="exported").exists()


def test_a_page_costs_the_same_for_one_row_and_for_many(visit, auditor, row, django_assert_max_num_queries):
    client = visit(auditor)
    row()
    with django_assert_max_num_queries(20) as one:
        client.get(LOG)
    for _n in range(24):
        row()
    with django_assert_max_num_queries(len(one)):
        client.get(LOG)
