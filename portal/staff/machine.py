"""The queue and the daily jobs, for the administrators of the district; `portal jobs` has the same and more."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.access import gate
from portal.jobs import queue
from portal.people.door import asks
from portal.staff.directory import JOBS
from portal.staff.views import on_duty
from portal.web.request import Request


@asks(JOBS)
@on_duty
@require_safe
def jobs(request: Request) -> HttpResponse:
    """What waits, what ran today, what was parked after five tries. Names of jobs only: no student is in it."""
    if not gate.schools_for(request.actor, JOBS).exists():
        raise gate.NotHere
    return render(request, "staff/jobs.html", {"state": queue.state()})
