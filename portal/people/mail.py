"""Mail to families: written at once in the reader's language, kept sealed, sent by a job, then emptied."""

import json
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import engines
from django.utils import translation
from django.utils.timezone import now
from procrastinate.contrib.django import app

from portal.people import seals
from portal.people.models import Mail

DELIVER = "portal.people.jobs.deliver"


def post(to: str, language: str, template: str, **values: Any) -> Mail:
    """Writes a mail and puts it on its way; it leaves when the transaction it belongs to has been kept.

    language: one of the district's; any other reads English.
    template: "room/name" for room/mail/name.txt and .html; the block `subject` of the .txt is the subject.
    """
    spoken = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(spoken):
        words = _written(template, values)
    mail = Mail.objects.create(
        to=to,
        language=spoken,
        template=template,
        sealed=seals.seal(json.dumps(words).encode(), _about(to)),
    )
    app.configure_task(DELIVER).defer(mail_id=mail.pk)
    return mail


def send(mail_id: int) -> Exception | None:
    """Sends one mail unless it has gone; two senders at once send it once. A failed try is counted and returned."""
    failure: Exception | None = None
    mail = Mail.objects.select_for_update(skip_locked=True).filter(pk=mail_id, sent_at=None).first()
    if mail is None:
        return None
    try:
        _message(mail).send()
    except Exception as problem:
        failure = problem
    else:
        mail.sent_at, mail.sealed = now(), b""
    mail.tries += 1
    mail.save(update_fields=["sent_at", "sealed", "tries"])
    return failure


def _written(template: str, values: dict[str, Any]) -> dict[str, str]:
    room, _, name = template.partition("/")
    environment = engines["jinja2"].env  # type: ignore[attr-defined]
    text = environment.get_template(f"{room}/mail/{name}.txt")
    subject = "".join(text.blocks["subject"](text.new_context(values)))
    return {
        "subject": " ".join(subject.split()),
        "text": text.render(values).strip() + "\n",
        "html": environment.get_template(f"{room}/mail/{name}.html").render(values),
    }


def _message(mail: Mail) -> EmailMultiAlternatives:
    words = json.loads(seals.unseal(mail.sealed, _about(mail.to)))
    message = EmailMultiAlternatives(
        words["subject"],
        words["text"],
        settings.MAIL_FROM,
        [mail.to],
        headers={
            "Auto-Submitted": "auto-generated",
            "Content-Language": mail.language,
            "Message-ID": f"<{mail.pk}.{int(mail.made_at.timestamp())}@{_host()}>",
        },
    )
    message.attach_alternative(words["html"], "text/html")
    return message


def _host() -> str:
    return settings.MAIL_FROM.rpartition("@")[2].rstrip(">")


def _about(to: str) -> str:
    return f"mail {to}"
