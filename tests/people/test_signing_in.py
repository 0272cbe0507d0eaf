"""Signing in and out, and everything a stranger at the door does not learn or break."""

import threading
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.contrib.auth import hashers
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from portal.people import limits, passwords
from portal.people.models import Count, KnownDevice, Person, Session
from portal.people.sessions import hashed
from tests.cast import PASSWORD, person
from tests.people.conftest import same_page, stamp_on, words

MOTHER = "marisol@example.org"
NO_MATCH = "That email and password do not match. Try again, or reset your password."


def login(client, username=MOTHER, password=PASSWORD, path="/login/", **more):
    return client.post(path, {"username": username, "password": password, **more})


@pytest.fixture
def mother(db):
    return person("Marisol", "Reyes", MOTHER)


def test_a_mother_logs_in_with_capitals_and_spaces_around_her_email(mother, client):
    assert login(client, "  Marisol@Example.ORG ").headers["Location"] == "/home/"
    assert client.get("/login/").headers["Location"] == "/home/"
    assert client.get("/").headers["Location"] == "/home/"


def test_she_comes_back_to_where_she_was(mother, client):
    asked = client.get("/preferences/?done=x")
    assert asked.headers["Location"] == "/login/?next=%2Fpreferences%2F%3Fdone%3Dx"
    assert login(client, path=asked.headers["Location"]).headers["Location"] == "/preferences/?done=x"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example/", "\\\\evil.example", "javascript:alert(1)",
        "///evil.example", "/\t/evil.example", "http:///evil.example", "\x00/home/", "/" + "x" * 3000,
    ],
)  # fmt: skip
def test_no_link_leads_from_our_sign_in_to_another_site(mother, elsewhere):
    for path in (f"/login/?next={quote(elsewhere)}",):
        assert login(Client(), path=path).headers["Location"] == "/home/"
    assert Client().get(f"/language/?to=es&next={quote(elsewhere)}").headers["Location"] == "/"
    assert Client().post("/classic/", {"mode": "on", "next": elsewhere}).headers["Location"] == "/"


def closed(email, because):
    made = person("C", "L", email)
    Person.objects.filter(pk=made.pk).update(state="closed", closed_because=because)


def test_until_the_right_password_every_account_and_none_look_the_same(mother):
    closed("closed@example.org", "school")
    closed("district@example.org", "district_email")
    waiting = person("P", "E", "pending@example.org")
    Person.objects.filter(pk=waiting.pk).update(state="pending")
    person("Joan", "Reed", "staff@example.org", kind="staff")
    pages = set()
    for email in (MOTHER, "nobody", "closed", "district", "pending", "staff"):
        email = email if "@" in email else f"{email}@example.org"
        answer = login(Client(), email, "not the password")
        assert (answer.status_code, NO_MATCH in words(answer)) == (422, True)
        pages.add(same_page(answer).replace(email, "EMAIL"))
    assert len(pages) == 1


def test_after_the_right_password_the_truth_is_said(mother):
    closed("closed@example.org", "school")
    closed("district@example.org", "district_email")
    waiting = person("P", "E", "pending@example.org")
    Person.objects.filter(pk=waiting.pk).update(state="pending")
    says = {
        "pending": "Check your email to finish signing up.",
        "district": "This is a district email, so this account is closed. Register again with a personal email.",
        "closed": "This account is closed. Call the Family Hotline:",
    }
    for who, sentence in says.items():
        assert sentence in words(login(Client(), f"{who}@example.org"))
    assert not Session.objects.exists()


def test_staff_do_not_come_in_by_the_families_door(db):
    person("Joan", "Reed", "joan@example.org", kind="staff")
    assert NO_MATCH in words(login(Client(), "joan@example.org"))


def test_every_wrong_pair_costs_one_hash_whoever_is_meant(mother, monkeypatch):
    closed("closed@example.org", "school")
    Person.objects.create(email="new@example.org", email_key="new@example.org", password="!")
    hashes = []
    for name in ("encode", "verify"):
        real = getattr(passwords.PepperedArgon2, name)
        monkeypatch.setattr(
            passwords.PepperedArgon2, name, lambda *a, real=real: hashes.append(1) or real(*a)
        )
    spent = []
    for email in (MOTHER, "nobody@example.org", "closed@example.org", "new@example.org"):
        hashes.clear()
        login(Client(), email, "not the password")
        spent.append(len(hashes))
    assert spent == [1, 1, 1, 1]


def test_the_fifth_wrong_password_brings_the_robot_box_and_the_tenth_a_wait(mother, client):
    for _ in range(4):
        assert "robot_stamp" not in login(client, password="wrong").content.decode()
    page = login(client, password="wrong")
    assert NO_MATCH in words(page)
    assert "Tick the box" not in words(page)
    without_box = login(client)
    assert (without_box.status_code, "Tick the box to show you are not a robot." in words(without_box)) == (
        422,
        True,
    )
    page = without_box
    for _ in range(4):
        box = {"robot": "on", "robot_stamp": stamp_on(page)}
        page = login(client, password="wrong", **box)
        assert NO_MATCH in words(page)
    refused = login(client, robot="on", robot_stamp=stamp_on(page))
    assert refused.status_code == 429
    assert "Too many tries. For safety, wait 15 minutes, or call the Family Hotline" in words(refused)
    assert MOTHER in refused.content.decode()


def test_a_right_password_with_the_box_ticked_comes_in_and_clears_the_slate(mother, client):
    for _ in range(5):
        page = login(client, password="wrong")
    assert login(client, robot="on", robot_stamp=stamp_on(page)).headers["Location"] == "/home/"
    assert login(Client()).headers["Location"] == "/home/"


def test_an_unknown_email_meets_the_same_box_and_the_same_wait(mother):
    def walk(email):
        Count.objects.all().delete()
        visitor, pages, page = Client(), [], ""
        for _ in range(11):
            box = {"robot": "on", "robot_stamp": stamp_on(page)} if "robot_stamp" in page else {}
            answer = login(visitor, email, "wrong", **box)
            page = answer.content.decode()
            pages.append((answer.status_code, hash(same_page(answer).replace(email, "EMAIL"))))
        return pages

    assert walk(MOTHER) == walk("nobody@example.org")


def test_strangers_who_guess_do_not_lock_out_the_phone_she_uses(mother, client):
    login(client)
    client.post("/logout/")
    known = client.cookies["device"].value
    client.cookies["device"] = known
    for _ in range(11):
        login(Client(), password="guess")
    assert login(client).headers["Location"] == "/home/"
    assert KnownDevice.objects.filter(key_hash=hashed(known)).count() == 1


def test_a_made_up_device_cookie_gets_no_tries_of_its_own(mother):
    for at in range(11):
        guesser = Client()
        guesser.cookies["device"] = f"made up {at}"
        answer = login(guesser, password="guess")
    assert answer.status_code == 429


def test_a_hundred_wrong_in_a_row_close_the_password_until_it_is_reset(mother, link_in):
    for _ in range(100):
        limits.hit("sign_in_account", MOTHER)
    answer = login(Client())
    assert "Too many tries. For safety, reset your password" in words(answer)
    Client().post("/password/forgot/", {"email": MOTHER})
    Client().post(link_in(MOTHER), {"password": "two blue birds sing"})
    assert login(Client(), password="two blue birds sing").status_code == 302


@pytest.mark.django_db(transaction=True, databases=["default", "apart"])
def test_twenty_guesses_at_the_same_moment_are_ten_guesses(monkeypatch):
    person("Marisol", "Reyes", MOTHER)
    checked, start, answers = [], threading.Barrier(20), []
    monkeypatch.setattr(Person, "check_password", lambda self, typed: checked.append(typed))

    def guess(at):
        try:
            start.wait()
            answers.append(login(Client(), password=f"guess {at}").status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=guess, args=(at,)) for at in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(checked), answers.count(429)) == (limits.ROBOT_AFTER, 10)


def test_a_sign_in_from_a_new_device_is_told_by_mail_and_can_be_undone(mother, letters, link_in):
    at_home, elsewhere = (
        Client(),
        Client(headers={"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/130.0"}),
    )
    login(at_home)
    assert not letters()  # the first device is no news
    login(elsewhere)
    letter = letters()[-1]
    assert letter.subject == "New sign-in to your Parent Portal account"
    assert "Chrome – Android" in letter.body
    assert "Reyes" not in letter.body + letter.subject
    link = link_in(MOTHER)
    assert Client().get(link).status_code == 200
    assert elsewhere.get("/preferences/").status_code == 200
    owner = Client()
    chooses = owner.post(link)
    assert chooses.headers["Location"].startswith("/password/reset/")
    assert elsewhere.get("/preferences/").status_code == 302
    assert NO_MATCH in words(login(Client()))
    assert owner.post(chooses.headers["Location"], {"password": "two blue birds sing"}).status_code == 302
    assert Client().post(link).status_code == 410


def test_signing_in_again_on_the_same_device_is_no_news(mother, client, letters):
    login(client)
    cookie = client.cookies["device"].value
    again = Client()
    again.cookies["device"] = cookie
    login(again)
    assert not letters()


def test_own_device_stays_for_thirty_days_and_a_shared_one_until_the_browser_closes(mother):
    own, shared = login(Client(), own_device="on"), login(Client())
    assert own.cookies["family"]["max-age"] == 30 * 86400
    assert shared.cookies["family"]["max-age"] == ""
    for answer in (own, shared):
        assert (answer.cookies["family"]["httponly"], answer.cookies["family"]["samesite"]) == (True, "Lax")


def test_a_shared_device_is_signed_out_after_fifteen_idle_minutes_and_hears_why(mother, client):
    login(client)
    assert 'data-idle-seconds="900"' in client.get("/preferences/").content.decode()
    Session.objects.update(seen_at=now() - timedelta(minutes=16))
    back = client.get("/preferences/")
    assert back.headers["Location"] == "/login/?next=%2Fpreferences%2F&ended=1"
    page = words(client.get(back.headers["Location"]))
    assert "You were signed out to keep records safe. Sign in to go back to where you were." in page
    assert login(client, path=back.headers["Location"]).headers["Location"] == "/preferences/"


def test_an_own_device_has_no_idle_dialog(mother, visit):
    assert "data-idle-seconds" not in visit(mother, own_device=True).get("/preferences/").content.decode()


def test_the_eleventh_browser_signs_out_the_one_unused_for_longest(mother):
    browsers = []
    for _ in range(11):
        browsers.append(Client())
        login(browsers[-1])
        Session.objects.update(seen_at=now() - timedelta(minutes=1))
        browsers[-1].get("/preferences/")
    assert Session.objects.filter(person=mother).count() == 10


def test_signing_in_gives_a_new_key_and_drops_what_the_visitor_had(mother, client):
    client.post("/password/forgot/", {"email": "typed@example.org"})
    before = client.cookies["family"].value
    login(client)
    assert client.cookies["family"].value != before
    assert not Session.objects.filter(session_key=hashed(before)).exists()
    assert client.get("/password/sent/").headers["Location"] == "/password/forgot/"


def test_a_key_someone_planted_does_not_become_hers(mother, client):
    client.cookies["family"] = "A" * 43
    login(client)
    assert client.cookies["family"].value != "A" * 43


def test_the_table_of_sessions_opens_no_door(mother, client):
    login(client)
    stolen = Client()
    stolen.cookies["family"] = Session.objects.get().session_key
    assert stolen.get("/preferences/").status_code == 302


def test_sign_out_clears_the_browser_and_only_by_a_button(mother, client):
    login(client)
    assert client.get("/logout/").headers["Location"] == "/"
    assert client.get("/preferences/").status_code == 200
    answer = client.post("/logout/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert "You are signed out" in words(client.get(answer.headers["Location"]))
    assert client.get("/preferences/").status_code == 302
    assert client.post("/logout/").headers["Location"] == "/signed-out/"
    assert not Session.objects.exists()


def test_the_way_out_speaks_the_language_of_the_account(mother, client):
    Person.objects.update(language="fa")
    login(client)
    assert client.post("/logout/").headers["Location"] == "/fa/signed-out/"


def test_pages_of_an_account_are_never_kept_by_the_browser(mother, visit):
    assert visit(mother).get("/preferences/").headers["Cache-Control"] == "private, no-store"


def test_the_choice_of_a_language_keeps_the_page_and_its_query(mother, client, visit):
    answer = client.get("/language/?to=fa&next=/es/login/%3Fnext%3D%252Fhome%252F")
    assert answer.headers["Location"] == "/login/?next=%2Fhome%2F"
    assert 'lang="fa" dir="rtl"' in client.get("/login/").content.decode()
    hers = visit(mother)
    hers.get("/language/?to=es&next=/preferences/")
    assert Person.objects.get(pk=mother.pk).language == "es"
    assert 'lang="es"' in hers.get("/preferences/").content.decode()
    assert client.get("/language/?to=tlh").headers["Location"] == "/"


def test_a_link_on_another_site_does_not_change_the_language_of_an_account(mother, visit):
    visit(mother).get("/language/?to=fa", headers={"Sec-Fetch-Site": "cross-site"})
    assert Person.objects.get(pk=mother.pk).language == "en"


def test_classic_mode_is_remembered_by_the_account(mother, visit):
    hers = visit(mother)
    hers.post("/classic/", {"mode": "on", "next": "/preferences/"})
    assert "Viewing in Classic Mode" in hers.get("/preferences/").content.decode()
    assert Person.objects.get(pk=mother.pk).classic
    hers.post("/classic/", {"mode": "off", "next": "/preferences/"})
    assert not Person.objects.get(pk=mother.pk).classic


def test_without_script_the_password_can_be_shown_and_counts_nothing(mother, client):
    for _ in range(12):
        page = login(client, show="on", own_device="on").content.decode()
    assert f'value="{PASSWORD}"' in page
    assert "checked" in page
    assert login(client).status_code == 302


@pytest.mark.parametrize(
    ("username", "password", "says"),
    [
        ("", "x", "Enter your email address."),
        (MOTHER, "", "Enter your password."),
        ("marisol", "x", "Enter an email like name@example.com."),
        (MOTHER, "x" * 129, "You entered 129."),
        (MOTHER, "a\x00b", "characters we cannot read"),
        ("\u06f1@example.org\x00", "x", "Enter an email like name@example.com."),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_counted(mother, client, username, password, says):
    answer = login(client, username, password)
    assert (answer.status_code, says in words(answer)) == (422, True)
    assert limits.tried("sign_in_network", "127.0.0.0/24") == 0


# Forgot your password


def test_a_reset_asks_the_known_and_the_unknown_the_same_and_mails_only_one(mother, letters):
    pages = []
    for email in (MOTHER, "nobody@example.org"):
        visitor = Client()
        answer = visitor.post("/password/forgot/", {"email": email})
        assert answer.headers["Location"] == "/password/sent/"
        pages.append(same_page(visitor.get("/password/sent/")).replace(email, "EMAIL"))
    assert hash(pages[0]) == hash(pages[1])
    assert [letter.to for letter in letters()] == [[MOTHER]]


def test_a_reset_does_the_same_work_for_both(mother):
    counts = []
    for email in (MOTHER, "nobody@example.org"):
        with CaptureQueriesContext(connection) as queries:
            Client().post("/password/forgot/", {"email": email})
        counts.append(sum("INSERT" in query["sql"] for query in queries))
    assert counts[0] == counts[1]


def test_a_new_password_signs_out_every_other_browser_and_says_so(mother, client, link_in, letters):
    elsewhere = Client()
    login(elsewhere)
    client.post("/password/forgot/", {"email": MOTHER})
    link = link_in(MOTHER)
    assert client.get(link).status_code == 200
    answer = client.post(link, {"password": "two blue birds sing"})
    said = words(client.get(answer.headers["Location"]))
    assert "Your password is changed. We signed out your other phones and computers." in said
    assert elsewhere.get("/preferences/").status_code == 302
    assert client.get("/preferences/").status_code == 200
    assert "Your Parent Portal password is changed" in [letter.subject for letter in letters()]
    used = Client().get(link)
    assert (used.status_code, "That link is too old or was already used." in words(used)) == (410, True)


def test_the_fourth_reset_in_an_hour_looks_the_same_and_mails_nothing(mother, letters):
    answers = {Client().post("/password/forgot/", {"email": MOTHER}).headers["Location"] for _ in range(5)}
    assert (answers, len(letters())) == ({"/password/sent/"}, 3)


def test_a_closed_account_gets_no_reset_and_an_old_link_does_not_open_it(mother, client, letters, link_in):
    client.post("/password/forgot/", {"email": MOTHER})
    link = link_in(MOTHER)
    Person.objects.update(state="closed", closed_because="school")
    client.post("/password/forgot/", {"email": MOTHER})
    assert len(letters()) == 1
    assert client.post(link, {"password": "two blue birds sing"}).status_code == 410


def test_links_in_mail_lead_to_our_own_host_whatever_the_request_says(mother, client, letters, settings):
    client.post("/password/forgot/", {"email": MOTHER}, headers={"Host": "localhost"})
    assert settings.BASE_URL + "/password/reset/" in letters()[-1].body
    assert "localhost" not in letters()[-1].body


# Unlock


def test_a_change_asks_for_the_password_after_fifteen_minutes(mother, client):
    login(client)
    assert client.get("/preferences/devices/").status_code == 200
    Session.objects.update(unlocked_at=now() - timedelta(minutes=16))
    asked = client.get("/preferences/devices/")
    assert asked.headers["Location"] == "/login/unlock/?next=%2Fpreferences%2Fdevices%2F"
    before = client.cookies["family"].value
    assert client.post(asked.headers["Location"], {"password": "wrong"}).status_code == 422
    assert client.post(asked.headers["Location"], {"password": PASSWORD}).headers["Location"] == (
        "/preferences/devices/"
    )
    assert client.cookies["family"].value != before
    assert client.get("/preferences/devices/").status_code == 200


def test_guessing_at_the_unlock_of_an_open_browser_is_slow_too(mother, client):
    login(client)
    Session.objects.update(unlocked_at=now() - timedelta(minutes=16))
    for _ in range(10):
        client.post("/login/unlock/", {"password": "wrong"})
    assert client.post("/login/unlock/", {"password": PASSWORD}).status_code == 429


# When too many come at once


def test_when_too_many_passwords_are_checked_the_page_says_to_come_back(mother, client, monkeypatch):
    monkeypatch.setattr(limits, "HASHES", limits.AtOnce(8, patience=0.01))
    held = [limits.HASHES._free.acquire() for _ in range(limits.HASHES.places)]
    try:
        answer = login(client)
    finally:
        for _ in held:
            limits.HASHES._free.release()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Try again in a few minutes." in words(answer)
    assert login(client).status_code == 302


def test_a_password_is_kept_as_argon2id_with_a_pepper(mother, settings):
    assert mother.password.startswith("argon2pepper$argon2id$v=19$m=19456,t=2,p=1$")
    settings.PASSWORD_PEPPERS = ["another pepper"]
    assert not hashers.check_password(PASSWORD, mother.password)


def test_a_new_pepper_takes_over_sign_in_by_sign_in(mother, client, settings):
    first = settings.PASSWORD_PEPPERS[0]
    settings.PASSWORD_PEPPERS = ["another pepper", first]
    assert login(client).status_code == 302
    settings.PASSWORD_PEPPERS = ["another pepper"]
    mother.refresh_from_db()
    assert hashers.check_password(PASSWORD, mother.password)
