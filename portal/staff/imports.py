"""T12 Import monitor: what each feed brought last, what was put aside and why, and what parents see now.

A held set goes in when two people say so, and away when one does. The list of runs opens to the importer alone, so
each page asks in its name, after the gate said yes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal.access import context, gate
from portal.audit import log
from portal.people.door import asks
from portal.sis import reasons, releasing, sentences
from portal.sis.models import Ignored, Quarantined, Run
from portal.staff import sign_on
from portal.staff.directory import IMPORTS
from portal.staff.views import fresh, on_duty
from portal.web import formats, sheets
from portal.web.forms import Form, TextField
from portal.web.request import Request

KEPT = timedelta(days=30)  # of the history on the page
MOST_RUNS = 500
ASIDE = 100  # rows put aside that the page of a run shows; the CSV has them all
NUMBERS = ("rows", "added", "changed", "ended", "quarantined")


class State(Enum):
    """How a feed is; what parents see is always the last good run."""

    GOOD = _("Good")
    LATE = pgettext_lazy("a feed", "Late")
    HELD = _("Held")
    FAILED = _("Failed")
    RUNNING = _("Running")


OF_A_VERDICT = {
    Run.Verdict.APPLIED: State.GOOD,
    Run.Verdict.HELD: State.HELD,
    Run.Verdict.REFUSED: State.FAILED,
    Run.Verdict.RUNNING: State.RUNNING,
}


@dataclass(frozen=True)
class Feed:
    """One file of one source, as its newest run left it."""

    source: str
    file: str
    state: State
    good_at: datetime | None  # the end of the last run that went in with this file
    numbers: tuple[int, ...]  # of the newest run with this file, in the order of NUMBERS
    run: int


@asks(IMPORTS)
@on_duty
@require_safe
def listed(request: Request) -> HttpResponse:
    """Every feed, and the runs of the last 30 days."""
    _admit(request)
    with context.opened("importer", purpose="monitor"):
        runs = list(Run.objects.order_by("-pk")[:MOST_RUNS])
        known = ignored(runs)
    recent = [run for run in runs if run.began_at >= now() - KEPT]
    counts = {
        state: sum(OF_A_VERDICT[Run.Verdict(run.verdict)] is state for run in recent) for state in State
    }
    shown = {
        "feeds": feeds(runs, known),
        "runs": [(run, OF_A_VERDICT[Run.Verdict(run.verdict)], why(run)) for run in recent[:50]],
        "history": [
            (str(state.value), n / max(1, len(recent)), n)
            for state, n in counts.items()
            if state is not State.LATE
        ],
        "all": len(recent),
        "State": State,
    }
    return render(request, "staff/imports.html", shown)


@asks(IMPORTS)
@on_duty
@require_http_methods(["GET", "HEAD", "POST"])
def run(request: Request, number: int) -> HttpResponse:
    """One run: its files, and the rows that were put aside, in words.

    POST decides about a held one, tries rows again, or passes over those that are ticked until they change.
    """
    _admit(request)
    if request.POST.get("act") in ("ignore", "heed"):
        return _pass_over(request, number, request.POST["act"])
    retry = request.POST.get("act") == "retry"
    form = Decision(None if retry else request.POST or None)
    fault = ""  # why the rows cannot be tried again
    if retry and not fresh(request):
        return redirect(sign_on.address(request.path, fresh=True))
    if retry:
        try:
            releasing.ask_again(number)
        except releasing.NotNow as why:
            fault = str(why)
        else:
            _note(request, "retried")
            return redirect(f"{request.path}?again=1")
    if request.method == "POST" and form.is_valid():
        if not fresh(request):
            return redirect(sign_on.address(request.path, fresh=True))
        try:
            _decide(request, number, form.cleaned_data)
        except releasing.NotNow as why:
            form.add_error(None, str(why))
        else:
            return redirect("staff_import", number)
    if request.method != "POST":
        _note(request, "see")
    status = 422 if form.errors or fault else 200
    shown = _about(number) | {"form": form, "fault": fault, "again": "again" in request.GET}
    return render(request, "staff/import_run.html", shown, status=status)


def _pass_over(request: Request, number: int, act: str) -> HttpResponse:
    """Ticked rows no longer ask for attention while they say the same; or they do again."""
    ticked = [
        int(pk)
        for pk in request.POST.getlist("row")[:ASIDE]
        if pk.isascii() and pk.isdigit() and len(pk) < 19
    ]
    with context.opened("importer", purpose="monitor"):
        rows = list(
            Quarantined.objects.filter(run=_run(number), pk__in=ticked).exclude(mark="").order_by("pk")
        )
        marks = {row.mark for row in rows}
        passed_over = act == "ignore"
        if passed_over:
            Ignored.objects.bulk_create(
                [Ignored(mark=mark, by=request.person) for mark in sorted(marks)], ignore_conflicts=True
            )
        else:
            Ignored.objects.filter(mark__in=marks).delete()
    if rows:
        told = ", ".join(f"{row.file}:{row.line}" for row in rows)
        _note(request, "ignored" if passed_over else "heeded", told[:200])
    return redirect("staff_import", number)


class Decision(Form):
    """Release or reject, and why; the reason stands in the audit log."""

    reason = TextField(label=_("Your reason"), max_length=200, help_text=_("It stands in the audit log."))
    act = forms.ChoiceField(choices=[("release", ""), ("reject", "")], widget=forms.HiddenInput)


def _decide(request: Request, number: int, said: dict[str, Any]) -> None:
    if said["act"] == "release":
        decided = releasing.release(number, request.person)
        _note(request, "released" if decided.released_at else "release_asked", said["reason"])
    else:
        releasing.reject(number, request.person)
        _note(request, "rejected", said["reason"])


def _about(number: int) -> dict[str, Any]:
    with context.opened("importer", purpose="monitor"):
        shown = _run(number)
        every = Quarantined.objects.filter(run=shown).order_by("file", "line", "pk")
        aside, passed = every.filter(~Exists(_known())), every.filter(Exists(_known()))
        taking = shown.retaken.order_by("-pk").first() if shown.released_at else None
        reasons_ = aside.order_by().values("file", "reason").annotate(n=Count("pk"))
        return {
            "run": shown,
            "taking": taking,  # the run that takes in this held set, once two people released it
            "waits": shown.released_at is not None
            and (taking is None or taking.verdict == Run.Verdict.RUNNING),
            "state": OF_A_VERDICT[Run.Verdict(shown.verdict)],
            "State": State,
            "because": why(shown),
            "files": [
                (file["file"], _numbers(file), [_again(note) for note in file.get("notes", [])])
                for file in shown.files
            ],
            "samples": [(file["file"], file["samples"]) for file in shown.files if file.get("samples")],
            "aside": [(row, words(row.reason)) for row in aside[:ASIDE]],
            "count": aside.count(),
            "passed": [(row, words(row.reason)) for row in passed[:ASIDE]],
            "passed_count": passed.count(),
            "by_reason": [
                (line["file"], words(line["reason"]), line["n"])
                for line in reasons_.order_by("-n", "file", "reason")
            ],
            "shown": ASIDE,
        }


@asks(IMPORTS)
@on_duty
@require_safe
def sheet(request: Request, number: int) -> HttpResponse:
    """The rows put aside as CSV, for the team that keeps the source: where each stood and what is wrong, no content."""
    _admit(request)
    header = [say("File"), say("Row"), say("Column"), say("ID"), say("What is wrong")]
    with context.opened("importer", purpose="monitor"):
        shown = _run(number)
        rows = list(_lines(Quarantined.objects.filter(run=shown).order_by("file", "line", "pk").iterator()))
    _note(request, "exported")
    return sheets.answer(f"put-aside-{number}.csv", header, rows)


def ignored(runs: Iterable[Run]) -> dict[tuple[int, str], int]:
    """By run and file, how many rows put aside are passed over until they change; one query."""
    rows = Quarantined.objects.filter(Exists(_known()), run__in=[each.pk for each in runs])
    found = rows.order_by().values_list("run", "file").annotate(n=Count("pk"))
    return {(run, file): n for run, file, n in found}


def _known() -> QuerySet[Ignored]:
    return Ignored.objects.filter(mark=OuterRef("mark"))


def feeds(runs: Iterable[Run], known: dict[tuple[int, str], int] | None = None) -> list[Feed]:
    """One row for each file of each source, from runs that come newest first.

    known: how many rows put aside nobody has to look at, as ignored() says.
    """
    newest: dict[tuple[str, str], tuple[Run, dict[str, Any]]] = {}
    good: dict[tuple[str, str], datetime | None] = {}
    latest: dict[tuple[str, str], Run] = {}
    for each in runs:
        latest.setdefault((each.source, each.bundle), each)
        for file in each.files:
            key = (each.source, file["file"])
            newest.setdefault(key, (each, file))
            if each.verdict == Run.Verdict.APPLIED:
                good.setdefault(key, each.ended_at)
    found = []
    for (source, file_), (each, file) in sorted(newest.items(), key=lambda item: item[0]):
        # A set that was refused as a whole may name no file: what it should have brought is no better off.
        whole = latest[each.source, each.bundle]
        at = good.get((source, file_))
        *numbers, aside = _numbers(file)
        aside -= (known or {}).get((each.pk, file_), 0)
        found.append(Feed(source, file_, _state(whole, at), at, (*numbers, aside), whole.pk))
    return found


def why(run: Run) -> str:
    """Why a run was held or refused, in the reader's language; older runs say it in the words they were kept in."""
    return " ".join(map(_again, run.because)) or run.reason


def _again(sentence: Any) -> str:
    return sentences.again(sentence, lambda value: formats.number(value) if isinstance(value, int) else value)


def words(reason: str) -> str:
    """Why a row was put aside, as a person reads it."""
    return str(reasons.ROW.get(reason, reason))


def _state(newest: Run, good_at: datetime | None) -> State:
    state = OF_A_VERDICT[Run.Verdict(newest.verdict)]
    late = timedelta(hours=settings.DISTRICT.late_feed_hours)
    if state is State.GOOD and (good_at is None or now() - good_at > late):
        return State.LATE
    return state


def _numbers(file: dict[str, Any]) -> tuple[int, ...]:
    return tuple(int(file.get(name, 0)) for name in NUMBERS)


def _lines(rows: Iterable[Quarantined]) -> Iterator[list[object]]:
    for row in rows:
        yield [row.file, row.line, row.column, row.sourced_id, words(row.reason)]


def _run(number: int) -> Run:
    found = Run.objects.select_related("asked_by", "released_by", "rejected_by").filter(pk=number).first()
    if found is None:
        raise gate.NotHere
    return found


def _admit(request: Request) -> None:
    """Feeds are the whole district's, so a post must open this, wherever it is; others find nothing here."""
    if not request.actor.opens(IMPORTS):
        raise gate.NotHere


def _note(request: Request, action: str, reason: str = "") -> None:
    post = next(post for post in request.actor.posts if gate.opens(request.actor, post, IMPORTS))
    log.happened(
        request.person, post.role, IMPORTS.key, action, "runs_the_portal",
        place=post.place.name, org=post.place, words=reason,
    )  # fmt: skip
