"""The demo's own pages: who can sign in, their letters, and the mail that was sent. Never part of production."""

import time

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from portal.demo import accounts
from portal.demo.district import cast
from portal.demo.mail import links
from portal.demo.models import KeptMail, KeptText
from portal.people.asking import within
from portal.people.door import anyone
from portal.people.models import Mail
from portal.web.request import Request

PATIENCE = 3  # seconds a reader of the postbox waits for mail that is on its way


@anyone
@require_safe
def people(request: Request) -> HttpResponse:
    """The cast: who they are, what to try as them, how to sign in, what their letters say."""
    with within("demo"):
        letters = accounts.letters()
    families = [
        {
            "adult": adult,
            "signed_up": adult in accounts.SIGNED_UP,
            "children": [
                student for student in cast.STUDENTS if any(tie.adult == adult for tie in student.ties)
            ],
            "letters": letters.get(adult.id, []),
        }
        for adult in cast.ADULTS
    ]
    context = {
        "families": families,
        "staff": cast.STAFF,
        "password": accounts.PASSWORD,
        "simulator": settings.SIS_URL,
    }
    return render(request, "demo/people.html", context)


@anyone
@require_safe
def mail(request: Request) -> HttpResponse:
    """The last mail, newest first."""
    return render(request, "demo/mail.html", {"mails": _kept(), "links": links})


@anyone
@require_safe
def mail_html(request: Request, pk: int) -> HttpResponse:
    """One mail as its reader's program shows it, without a script or a picture from elsewhere."""
    with within("demo"):
        return HttpResponse(get_object_or_404(KeptMail, pk=pk).html)


@anyone
@require_safe
def mail_json(request: Request) -> JsonResponse:
    """The same as JSON, for programs that walk through the demo."""
    return JsonResponse(
        [
            {
                "to": mail.to,
                "subject": mail.subject,
                "text": mail.text,
                "html": mail.html,
                "links": links(mail),
                "sent_at": mail.sent_at.isoformat(),
            }
            for mail in _kept()
        ],
        safe=False,
    )


@anyone
@require_safe
def sms_json(request: Request) -> JsonResponse:
    """Text messages, newest first."""
    with within("demo"):
        kept = list(KeptText.objects.all()[:200])
    return JsonResponse(
        [{"to": text.to, "text": text.text, "sent_at": text.sent_at.isoformat()} for text in kept], safe=False
    )


@anyone
@require_safe
def nothing_json(request: Request) -> JsonResponse:
    """Pushes: the portal sends none yet."""
    return JsonResponse([], safe=False)


def _kept() -> list[KeptMail]:
    deadline = time.monotonic() + PATIENCE
    with within("demo"):
        while Mail.objects.filter(sent_at=None).exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        return list(KeptMail.objects.all()[:200])
