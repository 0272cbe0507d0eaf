"""Jobs of the door: sending mail, clearing up, closing district addresses."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.timezone import now
from procrastinate.contrib.django import app

from portal.jobs.daily import daily
from portal.jobs.queue import Tries
from portal.people import mail, texts, typed
from portal.people.asking import opened
from portal.people.models import (
    Count,
    Mail,
    MailLink,
    Person,
    SamlSignOn,
    Session,
    SpentChallenge,
    Typed,
)
from portal.people.sessions import end_others

LOG = logging.getLogger("portal.people")
GIVEN_UP = 10  # tries at one mail until a person must look
LINKS_KEPT = timedelta(days=30)
PENDING_KEPT = timedelta(days=30)
MAIL_KEPT = timedelta(days=90)


@app.task(name=mail.DELIVER, queue="mail", retry=Tries())
def deliver(mail_id: int) -> None:
    """Sends one mail."""
    with opened("worker", purpose="mail"):
        failure = mail.send(mail_id)
    if failure is not None:
        raise failure


@app.task(name=texts.DELIVER, queue="mail", retry=Tries())
def deliver_text(to: str, sealed: str) -> None:
    """Sends one text message."""
    with opened("worker", purpose="text"):
        texts.send(to, sealed)


def deliver_waiting(older_than: timedelta = timedelta(0)) -> int:
    """Sends the mail that still waits and tells how many; one that cannot be sent does not hold up the others."""
    with opened("worker", purpose="mail"):
        waiting = Mail.objects.filter(sent_at=None, made_at__lte=now() - older_than, tries__lt=GIVEN_UP)
        keys = list(waiting.order_by("made_at").values_list("pk", flat=True)[:500])
    sent = 0
    for pk in keys:
        try:
            deliver(pk)
        except Exception:
            LOG.exception("a mail could not be sent")
        else:
            sent += 1
    return sent


@app.periodic(cron="* * * * *")
@app.task(name="portal.people.jobs.rescue_mail", queue="clock", queueing_lock="rescue_mail")
def rescue_mail(timestamp: int) -> None:
    """Mail whose job was lost or gave up is tried again."""
    deliver_waiting(older_than=timedelta(minutes=10))


@daily(at="03:17")
def clear_up() -> None:
    """Removes what has run out: sessions, links, counts, challenges, sent mail, accounts never confirmed."""
    moment = now()
    with opened("worker", purpose="clear up"):
        Session.objects.filter(expire_date__lt=moment).delete()
        MailLink.objects.filter(expires_at__lt=moment - LINKS_KEPT).delete()
        Count.objects.filter(ends_at__lt=moment - timedelta(days=2)).delete()
        SpentChallenge.objects.filter(expires_at__lt=moment).delete()
        SamlSignOn.objects.filter(made_at__lt=moment - timedelta(days=1)).delete()
        Typed.objects.filter(at__lt=moment - typed.KEPT_FOR).delete()
        Mail.objects.filter(sent_at__lt=moment - MAIL_KEPT).delete()
        Person.objects.filter(state=Person.State.PENDING, made_at__lt=moment - PENDING_KEPT).delete()


@daily(at="02:47")
def close_district_emails() -> None:
    """Closes family accounts that got a district address after all, ends their sessions, and writes to say why."""
    of_district = Q(pk__in=[])
    for domain in settings.DISTRICT.employee_domains:
        of_district |= Q(email_key__endswith=f"@{domain}") | Q(email_key__endswith=f".{domain}")
    found = Person.objects.filter(of_district, kind=Person.Kind.FAMILY).exclude(state=Person.State.CLOSED)
    with opened("worker", purpose="district addresses"):
        keys = list(found.values_list("pk", flat=True))
    for pk in keys:
        with opened("worker", purpose="district addresses"):
            person = found.select_for_update().filter(pk=pk).first()
            if person is None:
                continue
            person.state = Person.State.CLOSED
            person.closed_because = Person.ClosedBecause.DISTRICT_EMAIL
            person.save(update_fields=["state", "closed_because"])
            end_others(person)
            mail.post(person.email, person.language, "people/closed_district_email")
