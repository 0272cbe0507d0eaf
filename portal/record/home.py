"""Pages that show all sections at once: the family's home (what needs me) and one student's home (the menu)."""

from django.http import HttpRequest, HttpResponse

from portal.people.door import family_only


@family_only
def family_home(request: HttpRequest) -> HttpResponse:
    """What needs this person, across all children."""
    return HttpResponse("home")


@family_only
def student_home(request: HttpRequest, ref: str) -> HttpResponse:
    """One child: today, and the menu of sections."""
    return HttpResponse(ref)


@family_only
def put_away(request: HttpRequest) -> HttpResponse:
    """Puts one line of "what needs me" away."""
    return HttpResponse("")
