"""Staff say once in a session why they look at records, and every row of the record of access carries it."""

import pytest

from portal.audit.models import Access


@pytest.fixture
def card(family):
    return f"/staff/students/{family.ana.ref}/"


def test_the_first_record_of_a_session_asks_why_and_the_next_one_does_not(family, visit, card):
    client = visit(family.ms_reed, reason=None)
    asked = client.get(card, follow=True)
    assert asked.redirect_chain == [(f"/staff/reason/?next=%2Fstaff%2Fstudents%2F{family.ana.ref}%2F", 302)]
    assert "Families can read this in their privacy log." in asked.content.decode()
    assert not Access.objects.exists()
    answer = client.post(f"/staff/reason/?next={card}", {"purpose": "safety"}, follow=True)
    assert answer.redirect_chain == [(card, 302)]
    assert client.get(card).status_code == 200
    said = Access.objects.values_list("section", "action", "why", "purpose", "purpose_words")
    assert list(said) == [("card", "see", "staff_at_the_school", "safety", "")] * 2


def test_another_reason_is_told_in_the_clerks_own_words(family, visit, card):
    client = visit(family.ms_reed, reason=None)
    wordless = client.post(f"/staff/reason/?next={card}", {"purpose": "other", "words": " "})
    assert (wordless.status_code, "Write your reason in a few words." in wordless.content.decode()) == (
        422,
        True,
    )
    client.post(
        f"/staff/reason/?next={card}", {"purpose": "other", "words": "Bus list for the trip"}, follow=True
    )
    row = Access.objects.get()
    assert (row.purpose, row.purpose_words) == ("other", "Bus list for the trip")


def test_words_left_beside_a_listed_reason_are_not_kept(family, visit, card):
    client = visit(family.ms_reed, reason=None)
    client.post(f"/staff/reason/?next={card}", {"purpose": "helping", "words": "typed before"}, follow=True)
    assert Access.objects.get().purpose_words == ""


@pytest.mark.parametrize("purpose", ["", "curious", "Safety"])
def test_no_reason_of_the_list_opens_nothing(family, visit, card, purpose):
    client = visit(family.ms_reed, reason=None)
    answer = client.post(f"/staff/reason/?next={card}", {"purpose": purpose})
    assert (answer.status_code, "Choose a reason." in answer.content.decode()) == (422, True)
    assert client.get(card).status_code == 302


def test_the_reason_leads_to_no_other_house(family, visit):
    client = visit(family.ms_reed, reason=None)
    for away in ("//elsewhere.example.org/", "https://elsewhere.example.org/", "/home/", ""):
        answer = client.post(f"/staff/reason/?next={away}", {"purpose": "helping"})
        assert answer.headers["Location"] == "/staff/home/"


def test_a_visitor_is_asked_to_sign_in_and_not_why(family, visit, card):
    assert visit().get(card).headers["Location"].startswith("/staff/?next=")
    assert visit().get("/staff/reason/").headers["Location"].startswith("/staff/?next=")


def test_a_familys_own_look_carries_no_reason(family, visit):
    visit(family.mother).get(f"/students/{family.ana.ref}/attendance/")
    row = Access.objects.get()
    assert (row.purpose, row.why) == ("", "guardian")
