"""The parent's account at the counter, and the history of a student."""

import re

import pytest

from portal.audit.models import Access
from portal.people.models import Mail, MailLink, Person
from tests.staff.test_desk import passed


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("&#39;", "'")


@pytest.fixture
def page(family):
    return f"/staff/parents/{family.mother.ref}/"


def test_the_account_shows_its_state_and_only_students_of_my_places(family, visit, page):
    answer = visit(family.ms_reed).get(page)
    said = words(answer)
    assert ("Active" in said, "Ana Reyes" in said, "mar•••@example.org" in said) == (True, True, True)
    assert "marisol@example.org" not in answer.content.decode()
    assert list(Access.objects.values_list("action", flat=True)) == ["account_seen"]


def test_another_schools_clerk_finds_no_such_account(family, visit, page):
    client = visit(family.ms_lee)
    assert client.get(page).status_code == client.get("/staff/parents/aaaaaaaaaa/").status_code == 404
    assert client.post(page, {"act": "resend"}).status_code == 404
    assert not Mail.objects.exists()


def test_a_link_goes_to_the_parents_own_address(family, visit, page):
    answer = visit(family.ms_reed).post(page, {"act": "resend"}, follow=True)
    assert "The link is on its way" in words(answer)
    assert Mail.objects.get().to == "marisol@example.org"
    assert "link_sent" in Access.objects.values_list("action", flat=True)


def test_the_email_is_corrected_only_after_an_identity_check(family, visit, page):
    client = visit(family.ms_reed)
    answer = client.post(page, {"act": "email", "email": "new@example.org"}, follow=True)
    assert "Check the identity first" in words(answer)
    assert not MailLink.objects.exists()
    desk = f"/staff/students/{family.ana.ref}/pin/"
    assert "Identity confirmed" in words(client.get(desk + "?for=email"))
    checked = client.post(desk, passed(family, act="identity"), follow=True)
    assert checked.redirect_chain[-1] == (page, 302)
    assert client.get(desk + "show/").status_code == 302, "no PIN was opened"
    client.post(page, {"act": "email", "email": "new@example.org"})
    assert set(Mail.objects.values_list("to", flat=True)) == {"new@example.org", "marisol@example.org"}
    assert Person.objects.get(pk=family.mother.pk).email == "marisol@example.org", "until the link is pressed"


def test_a_check_of_one_parent_does_not_change_another_account(family, visit):
    client = visit(family.ms_reed)
    client.post(f"/staff/students/{family.ana.ref}/pin/", passed(family, act="identity"))
    client.post(f"/staff/parents/{family.bens_mother.ref}/", {"act": "email", "email": "new@example.org"})
    assert not MailLink.objects.exists()


def test_history_tells_what_staff_did_and_nothing_a_parent_did(family, visit):
    visit(family.mother).get(f"/students/{family.ana.ref}/")
    client = visit(family.ms_reed)
    client.post(f"/staff/students/{family.ana.ref}/pin/", passed(family))
    said = words(client.get(f"/staff/students/{family.ana.ref}/history/"))
    assert "Gave a PIN Joan Reed Office manager · Oak School" in said
    assert "A parent added the student to an account Marisol Reyes" in said
    assert visit(family.ms_lee).get(f"/staff/students/{family.ana.ref}/history/").status_code == 404
