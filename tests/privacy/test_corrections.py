"""A family asks the school to correct the record; the school answers by a day; a refusal leaves a hearing and a note."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate, now

from portal.access.models import Post
from portal.audit.models import Access
from portal.family.models import Guardianship
from portal.privacy.models import Correction
from portal.record import forms_sent
from tests.privacy.conftest import words

ASKED = {
    "section": "attendance",
    "item": "October 5",
    "wrong": "She was at school.",
    "should": "Present",
}
REFUSED = {
    "decision": "refused",
    "answer": "The teacher marked her absent.",
    "hearing": "Call (213) 555-0120.",
}


@pytest.fixture
def principal(family):
    """Ms Lee as the principal of Oak."""
    Post.objects.filter(person=family.ms_lee).update(role=Post.Role.PRINCIPAL, place=family.oak)
    return family.ms_lee


@pytest.fixture
def asked(family, visit, of_ana):
    """A request of Ana's mother."""
    visit(family.mother).post(of_ana("correction"), ASKED)
    return Correction.objects.get()


def staff_page(correction) -> str:
    return f"/staff/corrections/{correction.ref}/"


def test_a_request_is_with_the_school_and_says_by_when(family, visit, of_ana, settings):
    answer = visit(family.mother).post(of_ana("correction"), ASKED, follow=True)
    request = Correction.objects.get()
    assert (request.person, request.guardianship) == (family.mother, family.mothers_right)
    assert (request.item, request.wrong, request.should) == ("October 5", "She was at school.", "Present")
    assert request.due_on == localdate() + timedelta(days=settings.DISTRICT.privacy.correction_days)
    assert "Your request is with the school" in words(answer)
    assert "With the school" in words(answer)
    assert list(Access.objects.filter(section="correction").values_list("action", flat=True)) == [
        "correction_asked",
        "see",
    ]


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("section", "Choose a part of the record."),
        ("item", "Say which entry, like October 5 or Algebra 1."),
        ("wrong", "Say what is wrong."),
        ("should", "Say what it should say."),
    ],
)
def test_what_is_missing_is_named_and_the_rest_stays_typed(family, visit, of_ana, missing, said):
    answer = visit(family.mother).post(of_ana("correction"), ASKED | {missing: ""})
    assert (answer.status_code, said in words(answer)) == (422, True)
    assert missing == "wrong" or "She was at school." in words(answer)
    assert not Correction.objects.exists()


def test_a_form_sent_twice_asks_once(family, visit, of_ana):
    client, once = visit(family.mother), forms_sent.new_key()
    for _twice in range(2):
        assert client.post(of_ana("correction"), ASKED | {"once": once}).status_code == 302
    assert Correction.objects.count() == 1


def test_after_ten_open_requests_the_next_one_waits(family, visit, of_ana):
    client = visit(family.mother)
    for _n in range(10):
        client.post(of_ana("correction"), ASKED)
    answer = client.post(of_ana("correction"), ASKED)
    assert (answer.status_code, Correction.objects.count()) == (429, 10)
    assert "Ten requests wait for an answer." in words(answer)


def test_limited_rights_read_but_do_not_ask(family, visit, of_ana):
    Guardianship.objects.filter(pk=family.mothers_right.pk).update(
        educational_rights=Guardianship.Rights.LIMITED
    )
    client = visit(family.mother)
    assert "let you read, not ask for corrections" in words(client.get(of_ana("correction")))
    assert client.post(of_ana("correction"), ASKED).status_code == 403
    assert not Correction.objects.exists()


def test_another_guardian_never_meets_the_request(family, visit, of_ana, asked, second_parent):
    client = visit(second_parent[0])
    assert "October 5" not in words(client.get(of_ana("correction")))
    assert client.get(of_ana("correction") + f"{asked.ref}/").status_code == 404
    assert client.post(of_ana("correction") + f"{asked.ref}/", {"note": "x"}).status_code == 404


def test_the_principal_accepts_and_the_family_reads_it(family, visit, of_ana, asked, principal):
    desk = visit(principal)
    assert "October 5" in words(desk.get("/staff/corrections/"))
    said = {"decision": "accepted", "answer": "You are right. We changed it."}
    assert desk.post(staff_page(asked), said).status_code == 302
    page = words(visit(family.mother).get(of_ana("correction") + f"{asked.ref}/"))
    assert "The school agrees" in page
    assert "You are right. We changed it." in page
    assert "hearing" not in page


def test_home_counts_what_waits_for_an_answer_for_those_who_give_it(family, visit, asked, principal):
    client = visit(principal)
    assert "Corrections and questions to answer: 1" in words(client.get("/staff/home/"))
    assert "Corrections and questions" not in words(visit(family.ms_reed).get("/staff/home/"))
    client.post(staff_page(asked), REFUSED)
    assert "Corrections and questions" not in words(client.get("/staff/home/"))


def test_a_refusal_needs_a_reason_and_the_way_to_a_hearing(visit, asked, principal):
    desk = visit(principal)
    answer = desk.post(staff_page(asked), {"decision": "refused"})
    assert "Give the family a reason." in words(answer)
    assert "Say how the family can get a hearing." in words(answer)
    asked.refresh_from_db()
    assert asked.state == Correction.State.SENT


@pytest.mark.parametrize("decision", ["refused", "partly"])
def test_after_a_refusal_the_family_asks_for_a_hearing_and_puts_a_note(
    family, visit, of_ana, asked, principal, decision
):
    desk = visit(principal)
    desk.post(staff_page(asked), REFUSED | {"decision": decision})
    client, page = visit(family.mother), of_ana("correction") + f"{asked.ref}/"
    assert "Call (213) 555-0120." in words(client.get(page))
    assert "The school knows that you want a hearing." in words(
        client.post(page, {"hearing": "1"}, follow=True)
    )
    assert "Your note stays with the record." in words(
        client.post(page, {"note": "The bus was late that day."}, follow=True)
    )
    asked.refresh_from_db()
    assert (asked.hearing_asked_at is not None, asked.note) == (True, "The bus was late that day.")
    assert "Hearings asked for" in words(desk.get("/staff/corrections/"))
    assert "The bus was late that day." in words(desk.get(staff_page(asked)))


def test_before_an_answer_there_is_no_hearing_and_no_note(family, visit, of_ana, asked):
    client, page = visit(family.mother), of_ana("correction") + f"{asked.ref}/"
    client.post(page, {"hearing": "1"})
    client.post(page, {"note": "Already?"})
    asked.refresh_from_db()
    assert (asked.hearing_asked_at, asked.note) == (None, "")


def test_requests_are_grouped_by_how_soon_the_school_must_answer(family, visit, of_ana, principal):
    client = visit(family.mother)
    for days, item in ((-1, "late one"), (0, "today's"), (3, "this week's"), (20, "later one")):
        client.post(of_ana("correction"), ASKED | {"item": item})
        Correction.objects.filter(item=item).update(due_on=localdate() + timedelta(days=days))
    page = words(visit(principal).get("/staff/corrections/"))
    order = ["Overdue", "late one", "Due today", "today's", "This week", "this week's", "Later", "later one"]
    places = [page.index(each) for each in order]
    assert places == sorted(places)


def test_two_principals_at_once_answer_once(visit, asked, principal):
    desk = visit(principal)
    desk.post(staff_page(asked), REFUSED)
    answer = desk.post(staff_page(asked), {"decision": "accepted", "answer": "Yes."})
    assert (answer.status_code, "Somebody answered this in the meantime." in words(answer)) == (422, True)
    asked.refresh_from_db()
    assert asked.state == Correction.State.REFUSED


def test_a_clerk_meets_a_closed_door_and_another_schools_principal_no_request(
    family, visit, asked, principal
):
    clerk = visit(family.ms_reed)
    assert clerk.get("/staff/corrections/").status_code == 403
    assert clerk.get(staff_page(asked)).status_code == 403
    assert "Corrections" not in words(clerk.get("/staff/home/"))
    Post.objects.filter(person=principal).update(place=family.lincoln)
    other = visit(principal)
    assert "October 5" not in words(other.get("/staff/corrections/"))
    assert other.get(staff_page(asked)).status_code == 404
    assert other.post(staff_page(asked), REFUSED).status_code == 404


def test_nobody_answers_for_an_own_child(family, visit, asked, principal):
    principal.email, principal.email_key = "marisol@example.org", "marisol@example.org"
    principal.save()
    assert visit(principal).post(staff_page(asked), REFUSED).status_code == 403
    asked.refresh_from_db()
    assert asked.answered_at is None


def test_the_answer_shows_in_the_log_of_the_guardian_who_asked_alone(
    family, visit, of_ana, asked, principal, second_parent
):
    visit(principal).post(staff_page(asked), REFUSED)
    assert "Answered your request" in words(visit(family.mother).get(of_ana("log")))
    assert "Answered your request" not in words(visit(second_parent[0]).get(of_ana("log")))


def test_a_request_cannot_be_half_answered(asked):
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.update(answered_at=now())
