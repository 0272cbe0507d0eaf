"""The family's pages as a parent uses them: by forms alone, without script."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import now

from portal.family import linking, pins
from portal.family.models import Guardianship, Link, Pin
from portal.people import mail_links
from portal.people.models import MailLink, Session

BY = "Office manager, Oak School"
ADD = "/students/add/"


@pytest.fixture
def letter(family):
    """Ana's mother has an account without a child, and a letter whose PIN starts with 0."""
    Link.objects.filter(guardianship=family.mothers_right).delete()
    pin, _digits = pins.make(family.mothers_right)
    Pin.objects.filter(pk=pin.pk).update(
        sealed=pins.seals.seal(b"04217735", pins._about(family.mothers_right.pk)),
        lookup=pins.lookups("04217735")[0],
    )
    return "04217735"


def said(client, family, **more):
    page = client.get(ADD)
    stamp = re.search(r'name="robot_stamp" value="([^"]+)"', page.content.decode())[1]
    born = family.ana.birth_date
    return {
        "student_id": family.ana.student_id,
        "birth_month": str(born.month),
        "birth_day": str(born.day),
        "birth_year": str(born.year),
        "robot": "on",
        "robot_stamp": stamp,
    } | more


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.mark.parametrize("typed", ["04217735", "0421 7735", " ۰۴۲۱-۷۷۳۵ ", "٠٤٢١٧٧٣٥"])
def test_a_parent_adds_her_child_however_she_types_the_pin(family, visit, letter, typed):
    client = visit(family.mother)
    form = said(client, family, pin=typed, student_id=" 204518 x۳۲۷ ")
    done = client.post(ADD, form, follow=True)
    assert done.redirect_chain == [(f"/students/add/done/{family.ana.ref}/", 302)]
    assert "Ana is now on your account." in words(done)
    assert "Grade 9 · Oak School" in words(done)
    assert Pin.objects.get().spent_at is not None


def test_a_wrong_pin_keeps_everything_typed_and_says_what_to_do(family, visit, letter):
    client = visit(family.mother)
    answer = client.post(ADD, said(client, family, pin="04217736"))
    assert answer.status_code == 422
    assert "These three do not match our records." in words(answer)
    for typed in (family.ana.student_id, "0421 7736", str(family.ana.birth_date.year)):
        assert f'value="{typed.replace(" ", "")}"' in answer.content.decode()


def test_every_mismatch_is_the_same_page(family, visit, letter):
    client = visit(family.mother)
    pages = set()
    for wrong in ({"pin": "99999999"}, {"student_id": "999999X999"}, {"birth_year": "2001"}):
        form = said(client, family, pin=letter) | wrong
        answer = client.post(ADD, form)
        body = re.sub(r' (value|nonce)="[^"]*"', "", answer.content.decode())
        pages.add((answer.status_code, body))
    assert len(pages) == 1


def test_the_sixth_try_within_an_hour_waits_sixty_minutes(family, visit, letter):
    client = visit(family.mother)
    answers = [client.post(ADD, said(client, family, pin="04217736")) for _n in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert re.search(r"Too many tries. For safety, wait (59|60) minutes", words(answers[-1]))


@pytest.mark.parametrize(
    ("field", "typed", "said_then"),
    [
        ("student_id", "", "Enter the Student ID."),
        ("student_id", "2045", "The Student ID has 10 characters. You entered 4."),
        ("student_id", "🙂🙂🙂", "Use letters and digits only, like 204518X327."),
        ("student_id", "a\x00b", "Use letters and digits only"),
        ("birth_day", "31", "Enter a real date, like 3 / 27 / 2015."),
        ("birth_year", "x" * 5000, "Enter a real date, like 3 / 27 / 2015."),
        ("pin", "0421 773", "The PIN has 8 digits. You entered 7."),
        ("pin", "mypinis1", "Use digits only, like 0123 4567."),
        ("robot", "", "Tick the box to show you are not a robot."),
    ],
)
def test_a_field_of_the_wrong_shape_is_said_beside_it_and_no_try_is_counted(
    family, visit, letter, field, typed, said_then
):
    client = visit(family.mother)
    form = said(client, family, pin=letter) | {"birth_month": "2", "birth_day": "1"} | {field: typed}
    answer = client.post(ADD, form)
    assert (answer.status_code, said_then in words(answer)) == (422, True)
    assert Pin.objects.get().wrong_tries == 0


def test_sending_the_same_form_twice_links_once(family, visit, letter):
    client = visit(family.mother)
    client.post(ADD, said(client, family, pin=letter))
    again = client.post(ADD, said(client, family, pin=letter))
    assert "Ana is already on your account." in words(again)
    assert Link.objects.filter(person=family.mother).count() == 1


def test_without_a_child_the_list_says_how_to_begin(family, visit):
    answer = words(visit(family.stranger).get("/students/"))
    assert "Find your PIN letter." in answer
    assert "Where do I find my PIN?" in answer


@pytest.mark.parametrize(
    ("change", "pill", "more"),
    [
        ({}, "Linked", "View Student Details"),
        ({"access_restriction": "noRecords"}, "Access limited", "You no longer have access"),
    ],
)
def test_the_list_says_how_things_stand_with_each_child(family, visit, change, pill, more):
    Guardianship.objects.filter(pk=family.mothers_right.pk).update(**change)
    answer = words(visit(family.mother).get("/students/"))
    assert (pill in answer, more in answer) == (True, True)


def test_a_child_is_taken_off_after_one_question(family, visit):
    client = visit(family.mother)
    address = f"/students/{family.ana.ref}/remove/"
    assert "Ana's records stay at school." in words(client.get(address)).replace("Ana 's", "Ana's").replace(
        "&#39;", "'"
    )
    assert Link.objects.get(person=family.mother).ended_at is None
    client.post(address)
    assert Link.objects.get(person=family.mother).ended_because == Link.Ended.OWN_WISH


@pytest.mark.parametrize("page", ["remove/", "verify-pin/"])
@pytest.mark.parametrize("who", ["bens_mother", "stranger"])
def test_another_familys_child_is_not_there(family, visit, page, who):
    client = visit(getattr(family, who))
    theirs, nobodys = (client.get(f"/students/{ref}/{page}") for ref in (family.ana.ref, "aaaaaaaaaa"))
    assert (theirs.status_code, nobodys.status_code) == (404, 404)


def test_a_pin_typed_again_opens_the_record(family, visit):
    link = Link.objects.get(person=family.mother)
    Link.objects.filter(pk=link.pk).update(verify_by="2020-01-01")
    digits = pins.give(family.mothers_right, BY)[1]
    client = visit(family.mother)
    address = f"/students/{family.ana.ref}/verify-pin/"
    wrong = client.post(address, {"pin": f"{(int(digits) + 1) % 10**8:08}"})
    assert (wrong.status_code, "This PIN does not match our records." in words(wrong)) == (422, True)
    assert "Thank you. Nothing else to do." in words(client.post(address, {"pin": digits}, follow=True))
    link.refresh_from_db()
    assert link.verify_by is None


def test_this_was_not_me_asks_first_and_works_once(family, visit, letter, monkeypatch):
    tokens = []
    make = mail_links.make
    monkeypatch.setattr(
        linking.mail_links,
        "make",
        lambda *values, **named: tokens.append(make(*values, **named)) or tokens[-1],
    )
    client = visit(family.mother)
    client.post(ADD, said(client, family, pin=letter))
    address = f"/students/add/not-me/{tokens[0]}/"
    stranger = visit()
    assert "Was this not you?" in words(stranger.get(address))
    assert Link.objects.get(person=family.mother).ended_at is None
    assert "The connection is closed." in words(stranger.post(address))
    assert Link.objects.get(person=family.mother).ended_because == Link.Ended.NOT_ME
    assert stranger.get(address).status_code == 410


def test_the_pages_speak_persian_and_keep_numbers_whole(family, visit, letter):
    family.mother.language = "fa"
    family.mother.save()
    client = visit(family.mother)
    answer = client.post(ADD, said(client, family, pin="04217736"))
    assert '<html lang="fa" dir="rtl"' in answer.content.decode()
    assert "\u2068(213) 555-0100\u2069" in answer.content.decode()


def test_no_page_of_the_family_tells_of_another_adult(family, visit, letter):
    Guardianship.objects.filter(pk=family.fathers_right.pk).update(access_restriction="none")
    for who in (family.father, family.mother):
        client = visit(who)
        text = client.get("/students/").content.decode() + client.get(ADD).content.decode()
        other = family.mother if who == family.father else family.father
        assert other.email not in text
        assert other.first_name not in text


def test_where_to_find_the_pin_is_open_to_everyone_in_each_language(family, visit):
    answer = visit().get("/help/find-your-pin/")
    assert "You cannot get a PIN by email." in words(answer)
    assert '<title id="letter-title">' in answer.content.decode()
    assert '<html lang="fa" dir="rtl"' in visit().get("/fa/help/find-your-pin/").content.decode()


def test_taking_a_child_off_needs_a_fresh_proof(family, visit):
    client = visit(family.mother)
    Session.objects.update(unlocked_at=now() - timedelta(minutes=16), seen_at=now())
    answer = client.post(f"/students/{family.ana.ref}/remove/")
    assert answer["Location"].startswith("/login/unlock/?next=")
    assert Link.objects.get(person=family.mother).ended_at is None


def test_a_link_of_another_purpose_closes_nothing(family, visit):
    token = mail_links.make(
        MailLink.Purpose.NOT_ME, timedelta(days=1), person=family.mother, about={"session": "x"}
    )
    assert visit().post(f"/students/add/not-me/{token}/").status_code == 410
    assert not Link.objects.exclude(ended_at=None).exists()
