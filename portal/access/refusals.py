"""Turns what the gate and the limits refuse into pages that say why, as far as the reader may know."""

from collections.abc import Callable

from django.db import DataError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from portal.access import gate
from portal.access.brake import SignOnAgain, Suspended
from portal.access.gate import Closed, NotHere, NotOpen
from portal.audit import log
from portal.family.standing import Standing
from portal.people import door
from portal.people.limits import Busy, TooMany
from portal.web import errors
from portal.web.incoming import CHANGES_NOTHING
from portal.web.request import Request


class Refusals:
    """Innermost: a refusal is an answer, and what was counted or noted before it stays."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: Request, refusal: Exception) -> HttpResponse | None:
        if isinstance(refusal, NotHere):
            _turned_away(request)
        if errors.wants_json(request) and isinstance(refusal, Closed | NotOpen):
            code = "access_ended" if isinstance(refusal, Closed) else "not_open"
            return _forgettable(errors.as_json(request, 403, code))
        if isinstance(refusal, Closed):
            return _closed(request, refusal)
        if isinstance(refusal, NotOpen):
            school = refusal.student.school
            return _forgettable(render(request, "access/not_open.html", {"school": school}, status=403))
        if isinstance(refusal, door.Locked):
            return door.to_unlock(request)
        if isinstance(refusal, SignOnAgain):
            return _sign_on_again(request)
        if isinstance(refusal, Suspended):
            request.session.flush()
            request.person = None  # type: ignore[assignment]  # a visitor now
            return render(request, "access/suspended.html", status=403)
        if isinstance(refusal, TooMany):
            return errors.too_many(request, refusal.wait_minutes)
        if isinstance(refusal, ValueError | DataError) and "NUL" in str(refusal):
            return errors.bad_request(
                request
            )  # no text of the database holds one; no form of ours lets it by
        if isinstance(refusal, Busy):
            return errors.busy(request)
        return None


def _turned_away(request: Request) -> None:
    """Staff who reach for a student that is not theirs: the answer tells nothing, the record of access keeps it."""
    match = request.resolver_match
    asked, ref = getattr(match and match.func, "asks", None), match.kwargs.get("ref") if match else None
    if asked is None or not ref or not request.actor or not request.actor.posts:
        return
    post = request.actor.posts[0]
    log.happened(
        request.person, post.role, getattr(asked, "key", asked), "refused", "not_theirs",
        place=post.place.name, org=post.place, student=gate.named(ref),
    )  # fmt: skip


def _sign_on_again(request: Request) -> HttpResponse:
    if errors.wants_json(request):
        return errors.as_json(request, 403, "unlock")
    request.session.flush()
    next_ = request.get_full_path() if request.method in CHANGES_NOTHING else ""
    return redirect(reverse("staff") + ("?" + urlencode({"next": next_}) if next_ else ""))


def _closed(request: Request, refusal: Closed) -> HttpResponse:
    standing = refusal.child.standing
    state = {Standing.TURNED_18: "turned_18", Standing.VERIFY: "verify"}.get(standing, "ended")
    context = {"state": state, "student": refusal.child.student}
    return _forgettable(render(request, "access/closed.html", context, status=403))


def _forgettable(answer: HttpResponse) -> HttpResponse:
    """Pages saved on the device before go away with the right to see them."""
    answer["X-Forget"] = "1"
    return answer
