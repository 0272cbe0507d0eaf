"""Jobs of the door: sending mail, rescuing what a stopped worker left, clearing up, closing district addresses."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from portal.people import mail, typed
from portal.people.models import Count, Mail, MailLink, Person, Session, SpentChallenge, Typed
from portal.people.sessions import end_others

LOG = logging.getLogger("portal.people")
GIVEN_UP = 10  # tries at one mail until a person must look
LINKS_KEPT = timedelta(days=30)
PENDING_KEPT = timedelta(days=30)
MAIL_KEPT = timedelta(days=90)


@app.task(name=mail.DELIVER, queue="mail", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def deliver(mail_id: int) -> None:
    """Sends one mail."""
    mail.send(mail_id)


def deliver_waiting(older_than: timedelta = timedelta(0)) -> int:
    """Sends the mail that still waits and tells how many; one that cannot be sent does not hold up the others."""
    waiting = Mail.objects.filter(sent_at=None, made_at__lte=now() - older_than, tries__lt=GIVEN_UP)
    sent = 0
    for pk in waiting.order_by("made_at").values_list("pk", flat=True)[:500]:
        try:
            mail.send(pk)
        except Exception:
            LOG.exception("a mail could not be sent")
        else:
            sent += 1
    return sent


@app.periodic(cron="* * * * *")
@app.task(name="portal.people.jobs.rescue_mail", queueing_lock="rescue_mail")
def rescue_mail(timestamp: int) -> None:
    """Mail whose job was lost or gave up is tried again."""
    deliver_waiting(older_than=timedelta(minutes=10))


@app.periodic(cron="* * * * *")
@app.task(name="portal.people.jobs.rescue_jobs", queueing_lock="rescue_jobs", pass_context=True)
async def rescue_jobs(context: JobContext, timestamp: int) -> None:
    """A job whose worker died goes back to the queue."""
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=60):
        await jobs.retry_job(job)


@app.periodic(cron="17 3 * * *")
@app.task(name="portal.people.jobs.clear_up", queueing_lock="clear_up")
def clear_up(timestamp: int = 0) -> None:
    """Removes what has run out: sessions, links, counts, challenges, sent mail, accounts never confirmed."""
    moment = now()
    Session.objects.filter(expire_date__lt=moment).delete()
    MailLink.objects.filter(expires_at__lt=moment - LINKS_KEPT).delete()
    Count.objects.filter(ends_at__lt=moment - timedelta(days=2)).delete()
    SpentChallenge.objects.filter(expires_at__lt=moment).delete()
    Typed.objects.filter(at__lt=moment - typed.KEPT_FOR).delete()
    Mail.objects.filter(sent_at__lt=moment - MAIL_KEPT).delete()
    Person.objects.filter(state=Person.State.PENDING, made_at__lt=moment - PENDING_KEPT).delete()


@app.periodic(cron="47 2 * * *")
@app.task(name="portal.people.jobs.close_district_emails", queueing_lock="close_district_emails")
def close_district_emails(timestamp: int = 0) -> None:
    """Closes family accounts that got a district address after all, ends their sessions, and writes to say why."""
    of_district = Q(pk__in=[])
    for domain in settings.DISTRICT.employee_domains:
        of_district |= Q(email_key__endswith=f"@{domain}") | Q(email_key__endswith=f".{domain}")
    found = Person.objects.filter(of_district, kind=Person.Kind.FAMILY).exclude(state=Person.State.CLOSED)
    for pk in list(found.values_list("pk", flat=True)):
        with transaction.atomic():
            person = found.select_for_update().filter(pk=pk).first()
            if person is None:
                continue
            person.state = Person.State.CLOSED
            person.closed_because = Person.ClosedBecause.DISTRICT_EMAIL
            person.save(update_fields=["state", "closed_because"])
            end_others(person)
            mail.post(person.email, person.language, "people/closed_district_email")
