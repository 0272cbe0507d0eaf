"""From Register to the first page, and what a stranger does not learn on the way."""

import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.utils.timezone import now

from portal.people import mail_links, robot
from portal.people.models import MailLink, Person, SpentChallenge
from tests.cast import PASSWORD, person
from tests.people.conftest import same_page, words

pytestmark = pytest.mark.django_db
NEW = "marisol.new@example.org"
GOOD = "two blue birds sing"


def signed_up(client, registers, link_in, email=NEW):
    registers(client, email)
    return link_in(email)


def test_a_mother_registers_sets_her_password_and_is_welcomed(client, registers, link_in):
    answer = registers(client, NEW)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/register/check-email/")
    assert f"We sent a link to {NEW} . It works for 24 hours." in words(client.get("/register/check-email/"))
    phone = Client()  # the link works on another device
    link = link_in(NEW)
    assert "Set your password" in words(phone.get(link))
    answer = phone.post(link, {"password": GOOD})
    assert answer.headers["Location"] == "/welcome/1/"
    assert "Welcome, Marisol" in words(phone.get("/welcome/1/"))
    made = Person.objects.get(email_key=NEW)
    assert (made.name, made.state, made.language) == ("Marisol Reyes", "active", "en")
    assert made.check_password(GOOD)


def test_in_spanish_every_page_and_mail_is_spanish(client, registers, link_in, letters):
    for path in ("/es/", "/es/login/", "/es/register/", "/es/help/"):
        page = client.get(path).content.decode()
        assert '<html lang="es"' in page
    registers(client, NEW, path="/es/register/", language="es")
    assert letters()[-1].extra_headers["Content-Language"] == "es"
    link = link_in(NEW)
    client.get("/language/?to=es&next=/login/")
    client.post(link, {"password": GOOD})
    assert '<html lang="es"' in client.get("/welcome/1/").content.decode()


def test_looking_at_a_link_does_not_use_it_up(client, registers, link_in):
    link = signed_up(client, registers, link_in)
    for _ in range(3):
        assert Client().get(link).status_code == 200
    assert client.post(link, {"password": GOOD}).headers["Location"] == "/welcome/1/"


def test_a_known_and_an_unknown_address_see_the_same_page(family, registers, letters):
    pages = []
    for email in ("marisol@example.org", "nobody.yet@example.org"):
        visitor = Client()
        registers(visitor, email)
        pages.append(same_page(visitor.get("/register/check-email/")).replace(email, "EMAIL"))
    assert hash(pages[0]) == hash(pages[1])
    assert [letter.subject for letter in letters()] == [
        "You already have a Parent Portal account",
        "Finish signing up for Parent Portal",
    ]


def test_a_district_address_is_refused_and_no_account_exists(client, registers):
    domain = settings.DISTRICT.employee_domains[0]
    for email in (f"joan@{domain}", f"JOAN@Deep.{domain.upper()}"):
        answer = registers(client, email)
        assert answer.status_code == 422
        assert words(answer).count("District emails cannot be used for a parent account.") == 2
        assert f'value="{email}"' in answer.content.decode()
    assert not Person.objects.exists()


def test_an_address_that_only_looks_like_the_districts_may_register(client, registers):
    assert registers(client, "joan@not" + settings.DISTRICT.employee_domains[0]).status_code == 302


def test_send_again_works_three_times_in_all_and_then_says_how_long_to_wait(client, registers, letters):
    registers(client, NEW)
    for _ in range(2):
        assert client.post("/register/check-email/").headers["Location"] == "/register/check-email/?sent=1"
    assert "Email sent again." in words(client.get("/register/check-email/?sent=1"))
    refused = client.post("/register/check-email/")
    assert (refused.status_code, len(letters())) == (429, 3)
    assert "wait 60 minutes" in words(refused)


def test_change_the_address_keeps_what_was_typed(client, registers):
    registers(client, NEW, last_name="Reyes Luna")
    page = client.get("/register/?change").content.decode()
    assert 'value="Reyes Luna"' in page
    assert f'value="{NEW}"' in page


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("first_name", "", "Enter your first name."),
        ("first_name", "😀", "Enter a name with letters"),
        ("first_name", "Ana\x00", "characters we cannot read"),
        ("first_name", "Ana\u202e", "characters we cannot read"),
        ("first_name", "A" * 101, "You entered 101."),
        ("last_name", "", "Enter your last name."),
        ("last_name", "1234", "Enter a name with letters"),
        ("email", "", "Enter your email address."),
        ("email", "marisol", "Enter an email like name@example.com."),
        ("email", "mari sol@example.org", "Enter an email like name@example.com."),
        ("email", "marisol\r\nBcc: all@example.org", "Enter an email like name@example.com."),
        ("email", "a" * 250 + "@example.org", "254 characters or fewer"),
        ("language", "xx", "Choose one from the list."),
        ("language", "", "Choose one."),
        ("robot", "", "Tick the box to show you are not a robot."),
        ("robot_stamp", "made up", "Please wait a moment and press Register again."),
        ("robot", "made up proof of work", "Please wait a moment and press Register again."),
        ("robot", "e30=" * 6, "Please wait a moment and press Register again."),
        ("website", "http://buy.example", "Please wait a moment and press Register again."),
    ],
)
def test_what_cannot_be_right_is_said_in_words_and_everything_typed_stays(
    client, registers, letters, field, value, says
):
    typed = {"first_name": "Lucía", "last_name": "O’Neil-Smith", "email": NEW, field: value}
    answer = registers(client, typed.pop("email"), **typed)
    assert answer.status_code == 422
    assert says in words(answer)
    assert "Please fix" in words(answer)
    kept = answer.content.decode()
    for name, text in (("first_name", "Lucía"), ("last_name", "O’Neil-Smith"), ("email", NEW)):
        assert name == field or text in kept
    assert not letters()


def test_names_of_every_script_are_welcome(client, registers):
    for at, name in enumerate(("Nguyễn Thị Ánh", "پریسا", "Հայկ", "李小龍", "O’Brien", "Jean-Luc")):
        assert registers(Client(), f"p{at}@example.org", first_name=name).status_code in (302, 422)
    assert set(Person.objects.values_list("first_name", flat=True)) >= {"پریسا", "李小龍"}


def test_a_field_sent_twice_a_missing_body_and_ten_megabytes_end_in_words(client, stamp):
    one = stamp(client)
    body = f"first_name=A&first_name=Marisol&last_name=R&email={NEW}&language=en&robot=on&robot_stamp={one}"
    form = "application/x-www-form-urlencoded"
    assert client.post("/register/", body, content_type=form).status_code == 302
    assert Person.objects.get().first_name == "Marisol"
    assert client.post("/register/", b"\xff\xfe\x00%zz", content_type=form).status_code == 400
    assert client.post("/register/", b"--x", content_type="multipart/form-data; boundary=x").status_code in (
        400,
        422,
    )
    huge = client.post("/register/", "first_name=" + "A" * 10_000_000, content_type=form)
    assert (huge.status_code, "make your text shorter" in words(huge)) == (413, True)


def test_pressing_register_twice_sends_one_mail_and_shows_the_same_next_page(client, stamp, letters):
    typed = {
        "first_name": "Marisol", "last_name": "Reyes", "email": NEW, "language": "en",
        "robot": "on", "robot_stamp": stamp(client),
    }  # fmt: skip
    assert [client.post("/register/", typed).headers["Location"] for _ in range(2)] == [
        "/register/check-email/"
    ] * 2
    assert len(letters()) == 1


def test_a_stamp_does_not_serve_for_another_address(client, stamp, letters):
    typed = {
        "first_name": "M",
        "last_name": "R",
        "language": "en",
        "robot": "on",
        "robot_stamp": stamp(client),
    }
    client.post("/register/", typed | {"email": NEW})
    assert client.post("/register/", typed | {"email": "other@example.org"}).status_code == 422
    assert len(letters()) == 1


def test_a_day_old_page_gets_a_fresh_stamp_and_works_the_second_time(client, stamp, registers, monkeypatch):
    old = stamp(client)
    monkeypatch.setattr(robot, "STAMP_LASTS", timedelta(seconds=-1))
    assert registers(client, NEW, robot_stamp=old).status_code == 422
    monkeypatch.undo()
    assert registers(client, NEW).status_code == 302


def solved(client, form="register"):
    import altcha

    made = altcha.Challenge.from_dict(client.get(f"/robot/challenge/?form={form}").json())
    return altcha.Payload(made, altcha.solve_challenge(made)).to_base64()


@pytest.fixture
def easy(monkeypatch):
    monkeypatch.setattr(robot, "COST", 10)


def test_a_program_that_follows_the_protocol_is_let_in_once(client, easy, registers):
    token = solved(client)
    assert registers(client, NEW, robot=token, robot_stamp="").status_code == 302
    assert registers(client, "other@example.org", robot=token, robot_stamp="").status_code == 422
    assert SpentChallenge.objects.count() == 1


def test_the_same_proof_written_differently_is_still_the_same_proof(client, easy, registers):
    import base64
    import json

    token = solved(client)
    registers(client, NEW, robot=token)
    again = json.loads(base64.b64decode(token))
    again["challenge"]["signature"] = again["challenge"]["signature"].upper()
    for other in (again, json.loads(base64.b64decode(token)) | {"more": 1}):
        written = base64.b64encode(json.dumps(other, indent=1).encode()).decode()
        assert registers(client, "other@example.org", robot=written).status_code == 422


def test_a_proof_for_another_form_or_past_its_time_is_refused(client, easy, registers, monkeypatch):
    assert registers(client, NEW, robot=solved(client, "login")).status_code == 422
    monkeypatch.setattr(robot, "CHALLENGE_LASTS", timedelta(seconds=-1))
    assert registers(client, NEW, robot=solved(Client())).status_code == 422


def test_the_sixth_plain_tick_from_one_network_must_read_six_digits_in_the_mail(registers, letters):
    for at in range(5):
        assert registers(Client(), f"p{at}@example.org").status_code == 302
    visitor = Client()
    asked = registers(visitor, NEW)
    assert asked.status_code == 422
    assert "Enter the six digits we just sent to your email." in words(asked)
    assert not Person.objects.filter(email_key=NEW).exists()
    code = letters()[-1].body.split("came from: ")[1][:6]
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert "does not match the one in the email" in words(registers(visitor, NEW, code=wrong))
    assert registers(visitor, NEW, code=f" {code[:3]}-{code[3:]}").status_code == 302
    assert registers(Client(), NEW, code=code).status_code == 422


def test_the_form_that_waits_for_digits_is_not_done_by_sending_it_again(registers, stamp, letters):
    for at in range(5):
        registers(Client(), f"p{at}@example.org")
    visitor = Client()
    one = stamp(visitor)
    assert registers(visitor, NEW, robot_stamp=one).status_code == 422
    assert registers(visitor, NEW, robot_stamp=one).status_code == 422
    assert not Person.objects.filter(email_key=NEW).exists()


def test_digits_cannot_be_guessed_at_length(registers, letters):
    for at in range(5):
        registers(Client(), f"p{at}@example.org")
    visitor = Client()
    registers(visitor, NEW)
    code = int(letters()[-1].body.split("came from: ")[1][:6])
    for by in range(1, 6):
        registers(visitor, NEW, code=f"{(code + by) % 1_000_000:06}")
    assert "wait 10 minutes" in words(registers(visitor, NEW, code=f"{code:06}"))


def test_a_used_an_old_and_an_invented_link_get_the_same_page_and_a_new_link_on_request(
    client, registers, link_in, letters
):
    used = signed_up(client, registers, link_in, "used@example.org")
    Client().post(used, {"password": GOOD})
    old = signed_up(Client(), registers, link_in, NEW)
    MailLink.objects.filter(used_at=None).update(expires_at=now() - timedelta(seconds=1))
    pages = [Client().get(path) for path in (used, old, "/register/confirm/" + "x" * 43 + "/")]
    assert {page.status_code for page in pages} == {410}
    assert len({same_page(page).replace(page.request["PATH_INFO"], "PATH") for page in pages}) == 1
    assert "That link is too old or was already used. We can send a new one." in words(pages[0])
    sent = len(letters())
    answers = {words(Client().post(path, {"again": "on"})) for path in (old, "/register/confirm/nothing/")}
    assert len(answers) == 1
    assert len(letters()) == sent + 1
    assert Client().post(link_in(NEW), {"password": GOOD}).status_code == 302


def test_pressing_save_password_twice_ends_signed_in(client, registers, link_in):
    link = signed_up(client, registers, link_in)
    phone = Client()
    assert [phone.post(link, {"password": GOOD}).headers["Location"] for _ in range(2)] == ["/welcome/1/"] * 2
    assert Client().post(link, {"password": "three green cats walk"}).status_code == 410


@pytest.mark.django_db(transaction=True, databases=["default", "apart"])
def test_one_link_used_twice_at_the_same_moment_sets_one_password():
    waiting = Person.objects.create(email=NEW, email_key=NEW, first_name="M", password="!")
    about = {"first_name": "M", "last_name": "R", "language": "en"}
    token = mail_links.make(MailLink.Purpose.CONFIRM, timedelta(hours=1), person=waiting, about=about)
    start, answers = threading.Barrier(4), {}

    def press(password):
        start.wait()
        path = f"/register/confirm/{token}/"
        answers[password] = Client().post(path, {"password": password}).status_code
        connections.close_all()

    passwords = [f"{count} blue birds sing" for count in ("nine", "seven", "eleven", "thirty")]
    threads = [threading.Thread(target=press, args=(password,)) for password in passwords]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers.values()) == [302, 410, 410, 410]
    winner = next(password for password, status in answers.items() if status == 302)
    assert Person.objects.get().check_password(winner)


def test_whoever_opens_the_mailbox_decides_on_the_name(registers, link_in):
    registers(Client(), NEW, first_name="Marisol")
    mine = link_in(NEW)
    registers(Client(), NEW, first_name="Somebody", last_name="Else")
    Client().post(mine, {"password": GOOD})
    assert Person.objects.get(email_key=NEW).name == "Marisol Reyes"


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("", "Enter your password."),
        ("fourteen chars", "Use at least 15 letters, numbers or spaces."),
        ("x" * 129, "You entered 129."),
        ("correct horse battery staple", "is on a list of stolen passwords"),
        ("aaaaaaaaaaaaaaaaaaa", "is on a list of stolen passwords"),
        ("qwertyuiop asdfghjkl", "is on a list of stolen passwords"),
        ("Password 123456789!", "is on a list of stolen passwords"),
        ("Sample Unified School 2026", "is on a list of stolen passwords"),
        ("Marisol Reyes 2026", "Do not use your name or email as the password."),
        ("marisol.new@example.org", "Do not use your name or email as the password."),
        ("good long password\x00", "characters we cannot read"),
    ],
)
def test_a_password_that_others_guess_is_refused_and_the_link_still_works(
    client, registers, link_in, password, says
):
    link = signed_up(client, registers, link_in)
    answer = client.post(link, {"password": password})
    assert (answer.status_code, says in words(answer)) == (422, True)
    assert client.post(link, {"password": GOOD}).status_code == 302


@pytest.mark.parametrize(
    "password",
    [
        "گربه من روی دیوار است",
        "  spaces at both ends ",
        "😀 my very happy cat 😀",
        "ｆｕｌｌ　ｗｉｄｔｈ　letters",
    ],
)
def test_a_password_may_be_in_any_script_and_counts_as_typed(client, registers, link_in, password):
    client.post(signed_up(client, registers, link_in), {"password": password})
    login = Client().post("/login/", {"username": NEW, "password": password})
    assert login.headers["Location"] == "/welcome/1/"


def test_the_same_letters_from_another_keyboard_are_the_same_password(client, registers, link_in):
    client.post(signed_up(client, registers, link_in), {"password": "cafe\u0301 con leche y pan"})
    login = Client().post("/login/", {"username": NEW, "password": "caf\u00e9 con leche y pan"})
    assert login.status_code == 302


def test_a_password_is_not_made_of_the_childs_name(family, client, link_in):
    client.post("/password/forgot/", {"email": "marisol@example.org"})
    answer = client.post(link_in("marisol@example.org"), {"password": "Ana Ana 2015 Reyes"})
    assert "Do not use your name or email as the password." in words(answer)


def test_without_script_the_password_can_be_shown(client, registers, link_in):
    page = client.post(signed_up(client, registers, link_in), {"password": GOOD, "show": "on"})
    assert (page.status_code, f'value="{GOOD}"' in page.content.decode()) == (200, True)
    assert 'type="password"' not in page.content.decode()


def test_welcome_is_seen_once_and_skip_accepts_the_notice(client, registers, link_in):
    client.post(signed_up(client, registers, link_in), {"password": GOOD})
    assert client.post("/welcome/2/").status_code == 302
    made = Person.objects.get(email_key=NEW)
    assert (made.welcomed_at is not None, made.notice_version) == (True, "2026-11")
    assert Client().post("/login/", {"username": NEW, "password": GOOD}).headers["Location"] == "/home/"
    assert client.get("/welcome/4/").status_code == 404


def test_a_form_from_a_page_of_yesterday_says_so_and_shows_what_was_typed():
    strict = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    answer = strict.post("/register/", {"first_name": "Marisol", "password": "secret words", "last_name": ""})
    assert (answer.status_code, "nothing was sent" in words(answer)) == (403, True)
    assert "Marisol" in words(answer)
    assert "secret words" not in answer.content.decode()


def test_words_another_site_puts_into_a_form_do_not_stand_on_our_page():
    strict = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "none"})
    answer = strict.post("/register/", {"first_name": "Call 555-0199 now"})
    assert (answer.status_code, "555-0199" in words(answer)) == (403, False)


def test_a_form_on_another_site_changes_nothing_even_with_a_token(db, stamp):
    elsewhere = Client()
    elsewhere.get("/register/")
    elsewhere.defaults["HTTP_SEC_FETCH_SITE"] = "cross-site"
    typed = {"first_name": "Ana", "last_name": "Reyes", "email": NEW, "language": "en", "robot": "on"}
    assert elsewhere.post("/register/", typed | {"robot_stamp": stamp(Client())}).status_code == 403
    assert not Person.objects.exists()


def test_an_account_that_was_closed_by_its_owner_can_be_opened_again_by_mail(client, registers, link_in):
    closed = person("Marisol", "Reyes", NEW)
    Person.objects.filter(pk=closed.pk).update(state="closed", closed_because="own_wish")
    registers(client, NEW)
    client.post(link_in(NEW), {"password": GOOD})
    assert Person.objects.get(pk=closed.pk).state == "active"
    assert not Person.objects.get(pk=closed.pk).check_password(PASSWORD)
