"""The PIN desk: nothing opens without the checklist, and everything that opened is written down."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import now

from portal.access.models import Post
from portal.audit.models import Access
from portal.family import pins
from portal.family.models import ContactPoint, Guardian, Guardianship, Link, Pin, SchoolNotice
from portal.people.models import Session
from portal.staff.models import IdentityCheck
from tests import cast

PASSED = {
    "channel": "counter",
    "birth_date": "matches",
    "student_name": "matches",
    "grade": "matches",
    "address": "matches",
    "emergency": "matches",
    "photo_id": "on",
    "face": "on",
    "act": "show",
}


@pytest.fixture
def desk(family):
    """The address of Ana's card, without the pages below it."""
    return f"/staff/students/{family.ana.ref}/"


def passed(family, **more):
    return PASSED | {"guardianship": str(family.mothers_right.pk)} | more


def words(answer) -> str:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return text.replace("&#39;", "'")


def actions() -> list[str]:
    return list(Access.objects.order_by("pk").values_list("action", flat=True))


def test_after_the_checklist_the_pin_shows_in_groups_of_four(family, visit, desk):
    answer = visit(family.ms_reed).post(desk + "pin/", passed(family), follow=True)
    pin = Pin.objects.get()
    digits = pins.read(pin)
    assert answer.redirect_chain == [(desk + "pin/show/", 302)]
    assert f'<bdi dir="ltr">{pins.grouped(digits)}</bdi>' in answer.content.decode()
    assert re.search(
        r'http-equiv="refresh" content="(29\d|300);url=/staff/students/', answer.content.decode()
    )
    assert "no-store" in answer["Cache-Control"]
    assert pin.given_by == "office_manager, Oak School"
    assert actions() == ["pin_given", "pin_shown"]
    assert IdentityCheck.objects.get().outcome == IdentityCheck.Outcome.SHOWN


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("guardianship", "Finish step 1: choose who is asking."),
        ("channel", "Finish step 2: choose how the person is asking."),
        ("birth_date", "Finish step 3: ask for the student's date of birth"),
        ("emergency", "Finish step 3: ask for an emergency contact"),
        ("photo_id", "Finish step 4: tick that you saw an accepted photo ID."),
        ("face", "Finish step 5: tick that the face matches the ID."),
    ],
)
@pytest.mark.parametrize("act", ["show", "letter"])
def test_a_missing_step_is_named_and_opens_nothing(family, visit, desk, missing, said, act):
    client = visit(family.ms_reed)
    form = {name: value for name, value in passed(family, act=act).items() if name != missing}
    answer = client.post(desk + "pin/", form)
    assert (answer.status_code, said in words(answer)) == (422, True)
    assert client.get(desk + "pin/show/").status_code == 302
    assert not Pin.objects.exists()


def test_phone_alone_stops(family, visit, desk):
    answer = visit(family.ms_reed).post(desk + "pin/", passed(family, channel="phone_alone"))
    assert "a phone call alone is not enough" in words(answer)
    assert not Pin.objects.exists()


@pytest.mark.parametrize("wrong", [{"grade": "differs"}, {"act": "refuse"}, {"act": "refuse", "grade": ""}])
def test_what_does_not_match_ends_in_words_to_read_aloud(family, visit, desk, wrong):
    client = visit(family.ms_reed)
    answer = client.post(desk + "pin/", passed(family) | wrong)
    assert "I'm sorry, I can't give the PIN today. Please visit Oak School with your ID and papers." in words(
        answer
    )
    assert IdentityCheck.objects.get().outcome == IdentityCheck.Outcome.NOT_RELEASED
    assert (actions(), Pin.objects.exists()) == (["check_failed"], False)
    assert client.get(desk + "pin/show/").status_code == 302


def test_the_third_failed_check_raises_an_alarm_at_school(family, visit, desk):
    client = visit(family.ms_reed)
    for _n in range(4):
        client.post(desk + "pin/", passed(family, act="refuse"))
    assert [notice.kind for notice in SchoolNotice.objects.all()] == ["failed_checks"]


@pytest.mark.parametrize("page", ["pin/show/", "pin/letter/"])
def test_the_pin_cannot_be_reached_around_the_checklist(family, visit, desk, page):
    pins.give(family.mothers_right, "before")
    client = visit(family.ms_reed)
    for ask in (client.get, client.post):
        answer = ask(desk + page)
        assert answer.status_code in (302, 405)
        assert pins.grouped(pins.read(Pin.objects.get())) not in answer.content.decode()
    assert Pin.objects.get().given_by == "before"


def test_a_checklist_opens_one_student_only(family, visit, desk):
    client = visit(family.ms_reed)
    client.post(desk + "pin/", passed(family))
    bens = cast.guardianship(family.ben, family.mothers_right.guardian)
    pins.give(bens, "before")
    assert client.get(f"/staff/students/{family.ben.ref}/pin/show/").status_code == 302
    assert client.get(desk + "pin/show/").status_code == 200


def test_a_checklist_opens_one_session_only(family, visit, desk):
    visit(family.ms_reed).post(desk + "pin/", passed(family))
    assert visit(family.ms_reed).get(desk + "pin/show/").status_code == 302


def test_the_pin_is_hidden_after_five_minutes(family, visit, desk, monkeypatch):
    client = visit(family.ms_reed)
    client.post(desk + "pin/", passed(family))
    later = now() + timedelta(minutes=5)
    monkeypatch.setattr("portal.staff.desk.now", lambda: later)
    answer = client.get(desk + "pin/show/", follow=True)
    assert "The PIN is hidden again" in words(answer)


def test_an_old_sign_in_is_asked_for_again(family, visit, desk):
    client = visit(family.ms_reed)
    Session.objects.update(unlocked_at=now() - timedelta(minutes=6))
    assert client.get(desk + "pin/")["Location"].startswith("/staff/sign-on/?next=%2Fstaff%2Fstudents%2F")
    answer = client.post(desk + "pin/", passed(family))
    assert "Your sign-in is more than 5 minutes old." in words(answer)
    assert re.search(r'value="counter"[^>]* checked', answer.content.decode())
    assert not Pin.objects.exists()


def test_a_clerk_without_the_right_to_pins_gets_none(family, visit, desk):
    Post.objects.filter(person=family.ms_reed).update(gives_pins=False)
    client = visit(family.ms_reed)
    assert "Give PIN" not in words(client.get(desk))
    assert client.get(desk + "pin/").status_code == 404
    assert client.post(desk + "pin/", passed(family)).status_code == 404
    assert not Pin.objects.exists()


def test_another_schools_clerk_finds_no_such_student(family, visit, desk):
    client = visit(family.ms_lee)
    for page in ("", "pin/", "pin/show/", "pin/letter/"):
        theirs, nobodys = client.get(desk + page), client.get(f"/staff/students/aaaaaaaaaa/{page}")
        assert (theirs.status_code, nobodys.status_code) == (404, 404)


def test_a_family_account_has_no_way_in(family, visit, desk):
    for page in ("/staff/home/", "/staff/search/", desk, desk + "pin/"):
        assert visit(family.mother).get(page)["Location"].startswith("/staff/?next=")


def test_an_unverified_guardian_is_not_offered_and_not_taken(family, visit, desk):
    client = visit(family.ms_reed)
    page = words(client.get(desk + "pin/"))
    assert ("Marisol Reyes, Mother" in page, "Luis Reyes" in page) == (True, False)
    answer = client.post(desk + "pin/", passed(family, guardianship=str(family.fathers_right.pk)))
    assert "Finish step 1: choose who is asking." in words(answer)
    assert not Pin.objects.exists()


@pytest.mark.parametrize("by", ["account", "file"])
def test_nobody_gives_a_pin_for_their_own_child(family, visit, desk, by):
    if by == "file":
        Guardian.objects.filter(sourced_id="g-marisol").update(email="Joan.Reed@staff.example.org")
    else:
        Link.objects.filter(guardianship=family.mothers_right).delete()
        own = cast.person("Joan", "Reed", "joan.reed@staff.example.org")
        cast.link(own, family.mothers_right)
    client = visit(family.ms_reed)
    answer = client.post(desk + "pin/", passed(family))
    assert (answer.status_code, "You cannot give a PIN for your own child." in words(answer)) == (403, True)
    assert not Pin.objects.exists()


def test_the_day_has_a_share_for_each_issuer(family, visit, desk, settings):
    post = family.ms_reed.posts.get()
    values = dict.fromkeys(("birth_date_matches", "name_matches", "grade_matches", "address_and_phone_match", "emergency_contact_matches", "photo_id_seen", "face_matches"), True)  # fmt: skip
    IdentityCheck.objects.bulk_create(
        IdentityCheck(guardianship=family.bens_right, post=post, channel="counter", outcome="shown", **values)
        for _n in range(40)
    )
    answer = visit(family.ms_reed).post(desk + "pin/", passed(family))
    assert (answer.status_code, "as many PINs as one person may in a day" in words(answer)) == (429, True)
    assert not Pin.objects.exists()


def test_two_clerks_at_once_hand_out_the_same_pin(family, visit, desk):
    other = cast.person("Ed", "Ito", "ed.ito@staff.example.org", kind="staff")
    Post.objects.create(
        person=other, role=Post.Role.PRINCIPAL, place=family.oak, gives_pins=True, begins_at=now()
    )
    first = visit(family.ms_reed).post(desk + "pin/", passed(family), follow=True)
    second = visit(other).post(desk + "pin/", passed(family), follow=True)
    pin = r'<p class="pin"><bdi dir="ltr">([\d ]+)</bdi>'
    assert re.search(pin, first.content.decode())[1] == re.search(pin, second.content.decode())[1]
    assert Pin.objects.count() == 1


def test_a_new_pin_takes_the_place_of_the_old(family, visit, desk):
    client = visit(family.ms_reed)
    client.post(desk + "pin/", passed(family))
    client.post(desk + "pin/show/")
    old, new = Pin.objects.order_by("pk")
    assert (old.dead_because, new.dead_at) == (Pin.Dead.REPLACED, None)
    assert pins.grouped(pins.read(new)) in client.get(desk + "pin/show/").content.decode()
    assert actions() == ["pin_given", "pin_renewed", "pin_shown"]


def test_the_letter_speaks_the_parents_language_and_english_without_a_birth_date(family, visit, desk):
    answer = visit(family.ms_reed).post(desk + "pin/", passed(family, act="letter"), follow=True)
    page = answer.content.decode()
    born = family.ana.birth_date
    assert re.findall(r'<section class="letter-half" lang="(\w+)"', page) == ["es", "en"]
    assert page.count(pins.grouped(pins.read(Pin.objects.get()))) == 2
    assert page.count(family.ana.student_id) == 2
    assert "This PIN is yours. Do not share it. It is not your child's email PIN." in words(answer)
    assert not re.search(rf"{born:%B} {born.day}|{born.isoformat()}|/{born.year}", page)
    assert '<path d="M4 4h1v1h-1z' in page
    assert actions() == ["pin_given", "letter_printed"]


def test_the_card_shows_states_and_never_a_pin(family, visit, desk):
    _pin, digits = pins.give(family.mothers_right, "office_manager, Oak School")
    page = visit(family.ms_reed).get(desk)
    text = words(page)
    assert "Issued" in text
    assert "by Office manager, Oak School" in text
    assert "Not listed as a verified parent or legal guardian." in text
    assert digits not in text.replace(" ", "")
    assert "mar•••@example.org" in text
    assert "marisol@example.org" not in page.content.decode()
    assert actions() == ["see"]


def test_who_gave_a_pin_is_said_in_the_readers_language(family, visit, desk):
    pins.give(family.mothers_right, "office_manager, Oak School")
    family.ms_reed.language = "es"
    family.ms_reed.save()
    assert "por Gerente de oficina, Oak School" in words(visit(family.ms_reed).get(desk))


def test_showing_an_email_is_written_down(family, visit, desk):
    answer = visit(family.ms_reed).post(desk, {"show": str(family.mothers_right.pk)})
    assert ("marisol@example.org" in words(answer), "luis@example.org" in words(answer)) == (True, False)
    assert actions() == ["email_shown"]


def test_an_address_the_school_keeps_confidential_is_on_no_page(family, visit, desk):
    ContactPoint.objects.create(
        **cast.rostered("home"),
        student=family.ana,
        kind="homeAddress",
        value="7 Hidden Way",
        do_not_publish=True,
    )
    client = visit(family.ms_reed)
    pages = client.get(desk).content.decode() + client.get(desk + "pin/").content.decode()
    assert "Hidden Way" not in pages
    assert "Limited record." in pages
    assert "confidential" in pages


def test_the_answers_are_folded_away(family, visit, desk):
    page = visit(family.ms_reed).get(desk + "pin/").content.decode()
    before, _tag, answer = page.partition("<details>")
    assert str(family.ana.birth_date.year) not in before
    assert str(family.ana.birth_date.year) in answer


def test_a_right_that_ends_while_the_page_is_open_closes_the_pin(family, visit, desk):
    client = visit(family.ms_reed)
    client.post(desk + "pin/", passed(family))
    Guardianship.objects.filter(pk=family.mothers_right.pk).update(active=False)
    assert client.get(desk + "pin/show/").status_code == 302
