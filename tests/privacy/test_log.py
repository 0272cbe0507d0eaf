"""A parent reads who has looked at the child's record, and never what another guardian did."""

import ast
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate, now

from portal.access.models import Post
from portal.audit import log
from portal.audit.models import Access
from portal.config.env import ROOT
from portal.people import jobs
from portal.privacy import looks
from portal.privacy.directory import LOG
from portal.privacy.models import Question
from portal.staff import words as staff_words
from tests.privacy.conftest import words


@pytest.fixture
def read(family, admit):
    """read(): the lines of Ana's log as her mother reads them: who, what, did, why, times."""

    def lines(person=None, month=None):
        reading = looks.read(admit(person or family.mother, family.ana, LOG), month)
        return [(look.who, look.what, look.did, look.why, look.times) for look in reading.looks]

    return lines


def test_a_look_shows_role_place_section_and_the_reason_in_words(family, looked, read):
    looked(family.ms_reed, purpose="helping")
    assert read() == [("Main office, Oak School", "Attendance", "Looked at it", "To help a parent", 1)]


def test_the_clerks_own_words_are_shown(family, looked, read):
    looked(family.ms_reed, purpose="other", purpose_words="Bus list for the trip")
    assert read()[0][3] == "Bus list for the trip"


def test_the_same_look_again_that_day_is_counted_in_one_line(family, looked, read):
    for _n in range(3):
        looked(family.ms_reed, purpose="helping")
    looked(family.ms_reed, purpose="safety")
    assert [(line[3], line[4]) for line in read()] == [("To help a parent", 3), ("For safety", 1)]


def test_a_service_that_got_data_is_named(family, read):
    log.disclosed("Schoology", family.ana, "card", "sent", "name and class")
    assert read() == [("Schoology", "Student card", "Got this data", "", 1)]


def test_another_guardians_look_never_shows(family, looked, read, second_parent):
    grandmother, _right = second_parent
    looked(grandmother)
    looked(grandmother, "copied")
    looked(grandmother, "copy_opened", what="grades")
    assert read() == []
    assert read(grandmother) != []


def test_the_own_looks_are_not_listed_but_the_own_copies_are(family, looked, read):
    looked(family.mother)
    looked(family.mother, "copied")
    assert read() == [("You", "Attendance", "You got a copy", "", 1)]


def test_a_pin_shows_to_the_guardian_it_is_for_and_to_no_other(family, looked, read, second_parent):
    grandmother, right = second_parent
    looked(family.ms_reed, "pin_given", about=right.pk)
    looked(family.ms_reed, "letter_printed", about=family.mothers_right.pk)
    assert [line[2] for line in read()] == ["Printed your PIN letter"]
    assert [line[2] for line in read(grandmother)] == ["PIN given"]


def test_looks_at_another_child_stay_there(family, looked, read, admit):
    looked(family.ms_reed)
    assert looks.read(admit(family.bens_mother, family.ben, LOG), None).looks == ()


def test_each_month_stands_by_itself_and_the_newest_comes_first(family, looked, admit):
    looked(family.ms_reed, days=70)
    looked(family.ms_reed, days=1)
    grant = admit(family.mother, family.ana, LOG)
    newest = looks.read(grant, None)
    assert len(newest.months) == 2
    assert newest.month == newest.months[0]
    assert [look.day for look in looks.read(grant, newest.months[1]).looks] == [
        localdate(now() - timedelta(days=70))  # late in the evening, a change of clocks moves the day
    ]


def test_after_twenty_four_months_a_look_is_no_longer_shown(family, looked, admit):
    looked(family.ms_reed, days=25 * 31)
    grant = admit(family.mother, family.ana, LOG)
    reading = looks.read(grant, None)
    assert (reading.month, reading.looks) == (None, ())
    assert looks.read(grant, (localdate() - timedelta(days=25 * 31)).replace(day=1)).looks == ()


def test_an_empty_log_says_since_when(family, visit, of_ana):
    answer = visit(family.mother).get(of_ana("log"))
    assert "No one from the school has looked at this record since" in words(answer)


def test_reading_the_log_is_written_down_and_never_kept(family, visit, of_ana):
    answer = visit(family.mother).get(of_ana("log"))
    assert "no-store" in answer["Cache-Control"]
    assert [(row.section, row.action) for row in Access.objects.all()] == [("privacy_log", "see")]


@pytest.mark.parametrize("page", ["log", "download", "correction"])
def test_after_fifteen_idle_minutes_the_page_asks_for_an_unlock(family, visit, of_ana, idle, page):
    client = visit(family.mother, own_device=True)
    assert client.get(of_ana(page)).status_code == 200
    idle(16)
    assert client.get(of_ana(page)).headers["Location"].startswith("/login/unlock/?next=")


@pytest.mark.parametrize("page", ["log", "download", "correction"])
def test_someone_elses_child_and_no_child_are_the_same(family, visit, page):
    client = visit(family.bens_mother)
    theirs = client.get(f"/privacy/{family.ana.ref}/{page}/")
    nobodys = client.get(f"/privacy/aaaaaaaaaa/{page}/")
    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert "Ana" not in theirs.content.decode()


def test_a_barred_father_meets_a_closed_door(family, visit, of_ana):
    client = visit(family.father)
    assert [client.get(of_ana(page)).status_code for page in ("log", "download", "correction")] == [403] * 3
    assert "Ana" not in words(client.get("/privacy/"))


def test_i_do_not_know_why_opens_one_question_with_a_day(family, visit, of_ana, looked, settings):
    looked(family.ms_reed)
    client = visit(family.mother)
    page = client.get(of_ana("log")).content.decode()
    [address] = re.findall(r'href="(/privacy/\w+/log/20[^"]+)"', page)
    assert "I don't know why" in words(client.get(of_ana("log")))
    assert "Main office, Oak School" in words(client.get(address))
    for _twice in range(2):
        answer = client.post(address, {"words": "We were not at school that day."}, follow=True)
    question = Question.objects.get()
    assert question.due_on == localdate() + timedelta(days=settings.DISTRICT.privacy.question_days)
    assert (question.person, question.words) == (family.mother, "We were not at school that day.")
    assert "Your question is on its way" in words(answer)
    assert "The school answers by" in words(answer)


def test_a_look_of_another_guardian_cannot_be_asked_about(family, visit, of_ana, looked, second_parent):
    row = looked(second_parent[0])
    address = of_ana("log") + f"{localdate()}/{looks._ref(row)}/"
    assert visit(family.mother).get(address).status_code == 404


def test_the_school_answers_and_the_family_reads_it(family, visit, of_ana, looked, mailoutbox):
    row = looked(family.ms_reed)
    Post.objects.filter(person=family.ms_lee).update(role=Post.Role.PRINCIPAL, place=family.oak)
    client = visit(family.mother)
    client.post(of_ana("log") + f"{localdate()}/{looks._ref(row)}/", {"words": ""})
    question = Question.objects.get()
    desk = visit(family.ms_lee)
    listed = desk.get("/staff/corrections/")
    assert "Families who ask why someone looked" in words(listed)
    page = desk.get(f"/staff/corrections/questions/{question.ref}/")
    assert "Joan Reed" in words(page)
    desk.post(f"/staff/corrections/questions/{question.ref}/", {"answer": "Ms Reed checked the bus list."})
    assert "Ms Reed checked the bus list." in words(client.get(of_ana("log")))
    jobs.deliver_waiting()
    [letter] = mailoutbox
    assert "Ana" not in letter.subject + letter.body
    assert "/privacy/\n" in letter.body


WRITES = {
    "log.note": (1,),
    "log.note_each": (1,),
    "log.happened": (3,),
    "_note": (1, 2),
}  # where the act stands


@pytest.mark.parametrize("room", ["privacy", "staff", "family", "access"])
def test_every_act_that_a_room_writes_down_has_words(room):
    said = set()
    for path in (ROOT / "portal" / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            at = WRITES.get(ast.unparse(node.func), ()) if isinstance(node, ast.Call) else ()
            for act in (node.args[n] for n in at if n < len(node.args)):
                if isinstance(act, ast.Constant | ast.IfExp):
                    said |= {each.value for each in ast.walk(act) if isinstance(each, ast.Constant)}
    assert said - set(staff_words.DID) == set()


def test_the_log_costs_the_same_for_one_look_and_for_many(family, visit, of_ana, looked):
    client = visit(family.mother)

    def cost():
        with CaptureQueriesContext(connection) as captured:
            client.get(of_ana("log"))
        return len(captured)

    looked(family.ms_reed)
    client.get(of_ana("log"))
    one = cost()
    for days in range(12):
        looked(family.ms_reed, days=days)
    assert cost() == one


def test_a_classic_page_of_a_full_month_stays_below_ten_kilobytes(family, visit, of_ana, looked):
    month = [looked(family.ms_reed, days=n % 3, why=f"reason {n}") for n in range(25)]
    family.mother.classic = True
    family.mother.save()
    page = visit(family.mother).get(of_ana("log"))
    assert "<svg" not in page.content.decode()
    assert len(page.content) <= 10 * 1024
    assert words(page).count("I don't know why") == 10 < len(month)
