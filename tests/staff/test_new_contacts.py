"""T7: what parents changed reaches the offices that keep the cards, once, and stays until somebody looked."""

import csv
import io

import pytest
from django.urls import reverse
from django.utils.timezone import now

from portal.access.models import Post
from portal.audit.models import Access
from portal.sections.emergency_contacts.models import EmergencyContact, MedicalAlert, NumberChange
from portal.sis import outbox
from portal.sis.connectors import Desk
from tests.cast import rostered
from tests.people.conftest import words

CARD = {
    "home": "",
    "work": "",
    "cell": "213 555 0142",
    "preferred": "cell",
    "contact_by": "call",
    "text_opt_in": "on",
}
REPORT = "/staff/reports/new-emergency-contacts/"


@pytest.fixture
def changed(family, visit):
    """The mother changed her card."""
    visit(family.mother).post(reverse("emergency-contacts_change", args=[family.ana.ref]), CARD)
    return family


def marks():
    rows = NumberChange.rows.for_import().order_by("pk")
    return [(row.field, row.reviewed_by and row.reviewed_by.first_name) for row in rows]


def tick(client, query="", act="reviewed", count=None):
    rows = list(NumberChange.rows.for_import().order_by("pk"))
    chosen = [row.pk for row in rows][:count]
    return client.post(REPORT + query, {"act": act, "change": chosen}, follow=True)


def test_the_office_reads_at_once_what_a_mother_changed_and_how_far_it_has_come(changed, visit):
    client = visit(changed.ms_reed)
    page = words(client.get(REPORT))
    for said in (
        "4 new changes",
        "Ana Reyes",
        "Marisol Reyes",
        "Mother",
        "Cell phone",
        "(213) 555-0142",
        "Sending to the school",
    ):
        assert said in page
    outbox.drain(Desk())
    assert "The school has it" in words(client.get(REPORT))
    assert Access.objects.filter(action="listed", student=changed.ana, person=changed.ms_reed).count() == 2


def test_marking_takes_them_off_the_list_and_undo_brings_them_back(changed, visit):
    client = visit(changed.ms_reed)
    answer = tick(client, count=2)
    assert "2 changes marked reviewed." in words(answer)
    assert marks()[:3] == [("cell", "Joan"), ("preferred", "Joan"), ("contact_by", None)]
    assert "2 new changes since" in words(answer)
    tick(client, act="new", count=2)
    assert [who for _field, who in marks()] == [None] * 4
    tick(client)
    assert "No new changes since" in words(client.get(REPORT))
    reviewed = words(client.get(REPORT + "?state=reviewed"))
    assert reviewed.count("Reviewed by") == 4


def test_marking_twice_keeps_who_was_first(changed, visit):
    tick(visit(changed.ms_reed))
    at = NumberChange.rows.for_import().first().reviewed_at
    tick(visit(changed.ms_reed))
    assert NumberChange.rows.for_import().first().reviewed_at == at


def test_the_csv_holds_phones_as_text_and_nothing_that_runs(changed, visit):
    changed.mother.last_name = "=HYPERLINK(1)"
    changed.mother.first_name = ""
    changed.mother.save()
    answer = visit(changed.ms_reed).get("/staff/reports/new-emergency-contacts.csv")
    assert "attachment" in answer["Content-Disposition"]
    header, *rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    lines = [dict(zip(header, row, strict=True)) for row in rows]
    assert [(line["What"], line["New"]) for line in lines] == [
        ("Text messages", "Yes"), ("How we reach you", "Call"), ("Number we call first", "Cell"), ("Cell phone", "(213) 555-0142"),
    ]  # fmt: skip
    assert lines[0]["Changed by"] == "'=HYPERLINK(1)"
    assert Access.objects.filter(action="report_downloaded", student=changed.ana).exists()


def test_a_card_prints_the_numbers_that_count_and_health_only_for_who_may_see_it(changed, visit):
    for row in (
        EmergencyContact(**rostered("c1"), student=changed.ana, priority=2, given_name="Rosa", relationship="grandparent", phone="+12135550177"),
        MedicalAlert(**rostered("m1"), student=changed.ana, category="allergy", summary="Peanuts"),
    ):  # fmt: skip
        row.save()
    page = words(visit(changed.ms_reed).get(REPORT + "print/?as=cards"))
    for said in (
        "Confidential pupil record",
        "Mother: Cell phone (213) 555-0142",
        "Rosa",
        "(213) 555-0177",
    ):
        assert said in page
    assert "Peanuts" not in page
    Post.objects.filter(person=changed.ms_reed).update(role=Post.Role.PRINCIPAL)
    assert "Peanuts" in words(visit(changed.ms_reed).get(REPORT + "print/?as=cards"))
    assert "Cell phone" in words(visit(changed.ms_reed).get(REPORT + "print/"))


# Who else is looking


def test_the_office_of_another_school_reads_and_marks_nothing(changed, visit):
    client = visit(changed.ms_lee)
    assert "No new changes." in words(client.get(REPORT))
    tick(client)
    assert [who for _field, who in marks()] == [None] * 4
    assert "555" not in client.get("/staff/reports/new-emergency-contacts.csv").content.decode()


@pytest.mark.parametrize("role", [Post.Role.TEACHER, Post.Role.COUNSELOR, Post.Role.AUDITOR])
def test_roles_that_keep_no_cards_find_nothing(changed, visit, role):
    Post.objects.filter(person=changed.ms_reed).update(role=role, gives_pins=False)
    answer = visit(changed.ms_reed).get(REPORT)
    assert "Ana Reyes" not in words(answer)


def test_a_parent_does_not_get_in(changed, visit):
    assert visit(changed.mother).get(REPORT).status_code == 302


# Odd cases


def test_filters_narrow_the_list(changed, visit):
    client = visit(changed.ms_reed)
    today = now().date()
    for query, there in (
        (f"?school={changed.oak.ref}", True), ("?grade=09", True), ("?grade=03", False),
        (f"?from={today.replace(year=today.year + 1)}", False), ("?from=yesterday&to=x", True), ("?state=reviewed", False),
        ("?page=99999999&state=odd", True),
    ):  # fmt: skip
        assert ("Ana Reyes" in words(client.get(REPORT + query))) == there, query


def test_the_report_costs_as_many_queries_for_ten_changes_as_for_three(
    changed, visit, django_assert_max_num_queries
):
    client = visit(changed.ms_reed)
    client.get(REPORT)
    for n in range(3, 10):
        visit(changed.mother).post(
            reverse("emergency-contacts_change", args=[changed.ana.ref]), CARD | {"cell": f"213 555 010{n}"}
        )
    with django_assert_max_num_queries(30):
        client.get(REPORT)


def test_home_counts_what_waits_for_review_at_the_own_school(changed, visit):
    client = visit(changed.ms_reed)
    assert "Emergency changes to review: 4" in words(client.get("/staff/home/"))
    assert "Emergency changes" not in words(visit(changed.ms_lee).get("/staff/home/"))
    tick(client)
    assert "Emergency changes" not in words(client.get("/staff/home/"))
