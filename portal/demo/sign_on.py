"""The demo's stand-in for the district's sign-on: its page lists the staff of the cast and signs one in."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from portal.access.models import Post
from portal.people.door import anyone
from portal.people.models import Person
from portal.people.sign_on import Identity
from portal.staff import sign_on
from portal.staff.sign_on import own_path
from portal.web.request import Request


@anyone
@require_safe
def staff(request: Request) -> HttpResponse:
    """Who works here; one button for each."""
    people = Person.objects.filter(kind=Person.Kind.STAFF, subject__startswith="demo:").order_by("pk")
    posts: dict[int, list[Post]] = {}
    for post in Post.objects.filter(person__in=people).select_related("place"):
        posts.setdefault(post.person_id, []).append(post)
    context = {"people": people, "posts": posts, "after": own_path(request.GET.get("next", ""))}
    return render(request, "demo/staff.html", context)


@anyone
@require_POST
def sign_in(request: Request) -> HttpResponse:
    """Below /staff/, where the staff cookie speaks: the chosen person is signed in."""
    after = own_path(request.POST.get("next", ""))
    try:
        sign_on.signed_on(request, Identity(request.POST.get("subject", ""), employee="", proved_at=now()))
    except sign_on.Unknown:
        return redirect(reverse("staff") + "?unknown=1")
    return redirect(reverse("staff") + ("?" + urlencode({"next": after}) if after else ""))
