"""The demo's postbox: mail is kept for /demo/mail/ instead of leaving the machine."""

import re
from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from portal.demo.models import KeptMail

LINK = re.compile(r"https?://[^\s<>\"]+")


class Kept(BaseEmailBackend):
    """A mail backend of Django's that writes rows."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            html = next(
                (str(part[0]) for part in getattr(message, "alternatives", []) if part[1] == "text/html"), ""
            ) if isinstance(message, EmailMultiAlternatives) else ""  # fmt: skip
            KeptMail.objects.bulk_create(
                KeptMail(to=to, subject=str(message.subject), text=str(message.body), html=html)
                for to in message.to
            )
        return len(email_messages)


def links(mail: KeptMail) -> list[str]:
    """The addresses in the text of a mail, in order."""
    return LINK.findall(mail.text)
