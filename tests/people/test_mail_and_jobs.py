"""Mail leaves once, tells nothing to the database, and what has run out is cleared away."""

import smtplib
import threading
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core import mail as outbox
from django.db import connections, transaction
from django.test import Client
from django.utils.timezone import now

from portal.people import jobs, limits, mail
from portal.people.models import Count, Mail, MailLink, Person, Session, SpentChallenge
from tests.cast import person

TO = "marisol@example.org"
LINK = "http://127.0.0.1:8000/password/reset/secret/"
MAILS = {
    "confirm": {"link": LINK},
    "already": {"link": LINK},
    "closed": {},
    "reset": {"link": LINK},
    "password_changed": {},
    "email_asked": {"link": LINK},
    "email_confirm": {"link": LINK},
    "closed_own_wish": {},
    "closed_district_email": {},
    "new_device": {"link": LINK, "device": "Chrome – Android", "at": now()},
    "code": {"code": "012345"},
}


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
@pytest.mark.parametrize("name", MAILS)
def test_every_mail_has_a_subject_words_and_its_one_link_in_every_language(db, name, language):
    mail.post(TO, language, f"people/{name}", **MAILS[name])
    assert jobs.deliver_waiting() == 1
    letter = outbox.outbox[-1]
    html = letter.alternatives[0].content
    assert (letter.to, bool(letter.subject), "\n" in letter.subject) == ([TO], True, False)
    assert f'lang="{language}"' in html
    link = MAILS[name].get("link", "")
    assert letter.body.count("http") == (1 if link else 0)
    assert link in letter.body
    assert html.count("href=") == (1 if link else 0)
    assert "src=" not in html


def test_a_person_whose_language_the_district_lost_reads_english(db):
    assert mail.post(TO, "tlh", "people/closed").language == "en"


def test_the_database_does_not_tell_what_a_mail_says(db):
    kept = mail.post(TO, "en", "people/reset", link=LINK)
    assert b"secret" not in bytes(kept.sealed)
    jobs.deliver_waiting()
    kept.refresh_from_db()
    assert (bytes(kept.sealed), kept.sent_at is not None) == (b"", True)


def test_a_mail_turned_to_another_address_does_not_open(db):
    kept = mail.post(TO, "en", "people/reset", link=LINK)
    Mail.objects.filter(pk=kept.pk).update(to="thief@example.org")
    with pytest.raises(InvalidTag):
        jobs.deliver(kept.pk)
    assert not outbox.outbox


def test_a_mail_is_sent_once_however_often_its_job_runs(db):
    kept = mail.post(TO, "en", "people/closed")
    for _ in range(3):
        jobs.deliver(kept.pk)
    assert len(outbox.outbox) == 1


@pytest.mark.django_db(transaction=True, databases=["default", "apart"])
def test_two_workers_at_once_send_it_once():
    kept, start = mail.post(TO, "en", "people/closed"), threading.Barrier(4)

    def work():
        start.wait()
        jobs.deliver(kept.pk)
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(outbox.outbox) == 1


def test_a_mail_the_server_refuses_waits_and_goes_later(db, monkeypatch):
    kept = mail.post(TO, "en", "people/closed")
    other = mail.post("ben@example.org", "en", "people/closed")
    real = outbox.EmailMultiAlternatives.send

    def down(message, *rest):
        if message.to == [TO]:
            raise smtplib.SMTPServerDisconnected
        return real(message, *rest)

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", down)
    assert jobs.deliver_waiting() == 1
    kept.refresh_from_db()
    other.refresh_from_db()
    assert (kept.sent_at, kept.tries, other.sent_at is not None) == (None, 1, True)
    monkeypatch.undo()
    assert jobs.deliver_waiting() == 1


def test_mail_of_a_request_that_failed_is_never_sent(db):
    with transaction.atomic():
        mail.post(TO, "en", "people/closed")
        transaction.set_rollback(True)
    assert jobs.deliver_waiting() == 0


def test_what_has_run_out_is_cleared_and_the_rest_stays(db):
    long_ago = now() - timedelta(days=100)
    keeps = person("M", "R", TO)
    gone = Person.objects.create(email="never@example.org", email_key="never@example.org")
    Person.objects.filter(pk=gone.pk).update(made_at=long_ago)
    for at, key in ((long_ago, "a"), (now() + timedelta(days=1), "b")):
        Session.objects.create(session_key=key, session_data="", expire_date=at)
        MailLink.objects.create(token_hash=key, purpose="reset", expires_at=at)
        SpentChallenge.objects.create(signature=key, expires_at=at)
        Count.objects.create(rule="sign_in", key=key, n=1, waits=0, ends_at=at)
    jobs.clear_up()
    assert [list(model.objects.values_list(name, flat=True)) for model, name in (
        (Session, "session_key"), (MailLink, "token_hash"), (SpentChallenge, "signature"), (Count, "key"),
    )] == [["b"]] * 4  # fmt: skip
    assert list(Person.objects.all()) == [keeps]


def test_accounts_with_district_addresses_are_closed_signed_out_and_told_why(db, visit):
    domain = settings.DISTRICT.employee_domains[0]
    slipped_in = person("Joan", "Reed", f"joan@{domain}")
    below = person("Jo", "Reed", f"jo@sub.{domain}")
    near = person("Near", "By", f"near@not{domain}")
    staff = person("Mei", "Lee", f"mei@{domain}", kind="staff")
    theirs = visit(slipped_in)
    jobs.close_district_emails()
    jobs.close_district_emails()
    states = [Person.objects.get(pk=p.pk).state for p in (slipped_in, below, near, staff)]
    assert states == ["closed", "closed", "active", "active"]
    assert theirs.get("/preferences/").status_code == 302
    assert not Session.objects.filter(person__in=(slipped_in, below)).exists()
    jobs.deliver_waiting()
    assert sorted(letter.to[0] for letter in outbox.outbox) == sorted([f"joan@{domain}", f"jo@sub.{domain}"])
    answer = Client().post("/login/", {"username": f"joan@{domain}", "password": "a sunny morning walk"})
    assert "This is a district email, so this account is closed." in answer.content.decode()


def test_every_limit_says_what_to_do(db):
    for rule, limit in limits.RULES.items():
        for _ in range(min(limit.tries, 3)):
            limits.hit(rule, "someone")
        assert limit.tries > 0
    assert "wait 1 minute," in limits.TooMany(timedelta(seconds=5)).words
    assert "reset your password" in limits.TooMany(limits.FOR_GOOD).words
