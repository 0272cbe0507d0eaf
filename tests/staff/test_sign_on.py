"""The school's door: who gets in, who reads why not, and what stays on the screen."""

import re
from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils.timezone import now

from portal.access.models import Post
from portal.family.models import SchoolNotice
from portal.people.models import Person
from portal.people.sign_on import Identity
from portal.staff.sign_on import Unknown, signed_on


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def reed(family):
    """Ms Reed as the demo's sign-on knows her."""
    Person.objects.filter(pk=family.ms_reed.pk).update(subject="demo:reed")
    return family.ms_reed


def test_one_button_leads_to_the_districts_sign_on_and_back(reed, visit):
    client = visit()
    first = client.get("/staff/?next=/staff/search/").content.decode()
    assert 'href="/staff/sign-on/?next=%2Fstaff%2Fsearch%2F"' in first
    leads = client.get("/staff/sign-on/?next=/staff/search/")
    assert leads["Location"] == "/demo/staff/?next=%2Fstaff%2Fsearch%2F"
    assert "Office manager" in words(client.get("/demo/staff/"))
    done = client.post(
        "/staff/demo-sign-on/", {"subject": "demo:reed", "next": "/staff/search/"}, follow=True
    )
    assert done.redirect_chain[-1] == ("/staff/search/", 302)
    assert "Office manager · Oak School" in words(done)


@pytest.mark.parametrize("subject", ["", "demo:nobody", "' OR 1=1"])
def test_a_person_the_portal_does_not_know_stays_outside(reed, visit, subject):
    client = visit()
    answer = client.post("/staff/demo-sign-on/", {"subject": subject}, follow=True)
    assert "Your account does not have Parent Portal access." in words(answer)
    assert client.get("/staff/home/").status_code == 302


def test_a_family_account_is_never_signed_on_as_staff(family):
    Person.objects.filter(pk=family.mother.pk).update(subject="demo:reed")
    with pytest.raises(Unknown):
        signed_on(RequestFactory().get("/staff/"), Identity("demo:reed", employee="", proved_at=now()))


@pytest.mark.parametrize(
    "after", ["https://elsewhere.example/staff/", "//elsewhere.example", "/students/", "javascript:x"]
)
def test_after_signing_on_nobody_is_sent_elsewhere(reed, visit, after):
    done = visit().post("/staff/demo-sign-on/", {"subject": "demo:reed", "next": after}, follow=True)
    assert done.redirect_chain[-1] == ("/staff/home/", 302)


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        (timedelta(hours=5), None, "It starts by"),
        (-timedelta(days=9), -timedelta(days=1), "Your account does not have Parent Portal access."),
    ],
)
def test_without_a_post_that_runs_now_the_page_says_why(family, visit, begins, ends, said):
    Post.objects.filter(person=family.ms_reed).update(begins_at=now() + begins, ends_at=ends and now() + ends)
    client = visit(family.ms_reed)
    answer = client.get("/staff/search/", follow=True)
    assert said in words(answer)
    assert 'id="menu"' not in answer.content.decode()  # none of its pages opens


def test_hiding_the_screen_leaves_nothing_to_go_back_to(family, visit):
    client = visit(family.ms_reed)
    answer = client.post("/staff/hidden/", {"next": f"/staff/students/{family.ana.ref}/"}, follow=True)
    assert "The screen is hidden" in words(answer)
    assert "Oak School" not in words(answer)
    assert client.get(f"/staff/students/{family.ana.ref}/").status_code == 302


@pytest.mark.parametrize(
    ("way", "said"),
    [("hidden", "La pantalla está oculta"), ("sign-out", "Personal de la escuela y del Distrito")],
)
def test_the_way_out_speaks_the_language_of_the_page_before(family, visit, way, said):
    """The browser is told to forget its cookies, the language among them."""
    Person.objects.filter(pk=family.ms_reed.pk).update(language="es")
    client = visit(family.ms_reed)
    answer = client.post(f"/staff/{way}/")
    assert answer.headers["Clear-Site-Data"]
    client.cookies.clear()
    assert said in words(client.get(answer.url, follow=True))


def test_signing_out_ends_the_session(family, visit):
    client = visit(family.ms_reed)
    assert client.post("/staff/sign-out/").status_code == 302
    assert client.get("/staff/home/").status_code == 302


def test_home_lists_the_notices_of_my_schools_until_seen(family, visit):
    mine = SchoolNotice.objects.create(school=family.oak, student=family.ana, kind="linked")
    SchoolNotice.objects.create(school=family.lincoln, student=family.ben, kind="linked")
    client = visit(family.ms_reed)
    page = words(client.get("/staff/home/"))
    assert ("1 notice to look at" in page, "Ana Reyes" in page, "Ben Okafor" in page) == (True, True, False)
    client.post("/staff/home/", {"seen": str(mine.pk)})
    assert "Nothing needs your school right now." in words(client.get("/staff/home/"))


def test_nobody_marks_another_schools_notice_as_seen(family, visit):
    theirs = SchoolNotice.objects.create(school=family.lincoln, student=family.ben, kind="linked")
    visit(family.ms_reed).post("/staff/home/", {"seen": str(theirs.pk)})
    theirs.refresh_from_db()
    assert theirs.seen_at is None


def test_staff_choose_the_language_of_their_pages_and_keep_it(family, visit):
    client = visit(family.ms_reed)
    page = client.get("/staff/home/").content.decode()
    assert 'href="/staff/language/?to=fa' in page
    assert client.get("/staff/language/?to=fa&next=/staff/search/")["Location"] == "/staff/search/"
    assert 'lang="fa" dir="rtl"' in client.get("/staff/search/").content.decode()
    assert 'lang="fa" dir="rtl"' in visit(family.ms_reed).get("/staff/home/").content.decode()
    assert client.get("/staff/language/?to=fa&next=https://elsewhere.example.org/")["Location"] == "/"
    assert 'lang="en"' in visit(family.mother).get("/home/").content.decode()
