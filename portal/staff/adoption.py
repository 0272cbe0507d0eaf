"""T11 PIN and adoption dashboard: how many families are linked, from district to grade, and who is still missing.

Numbers are counted once a day and after an import; a page only adds them up. Groups of fewer than ten students are
hidden, and with them as many others as it takes that no subtraction brings them back. Above a school, grades add up what
schools show, and above a region, languages what regions show: so the page of a place tells nothing that those below it hide.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Lower
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.access import brake, gate
from portal.audit import log
from portal.family.models import Guardianship, Link, Pin
from portal.family.standing import verified_now
from portal.people.door import asks
from portal.people.models import Person, Session
from portal.staff import my_list
from portal.staff.directory import ADOPTION, CARD, GOALS
from portal.staff.models import FamilyCount, Goal
from portal.staff.views import on_duty
from portal.students.models import GRADES, Org, Student
from portal.web import formats, sheets
from portal.web.forms import DatePartsField, Form, NumberField
from portal.web.request import Request

PAGE = 25  # rows
LEAST = 10  # students of a group that is shown
WEEKS = 12
ACTIVE_FOR = timedelta(days=30)
STEPS = ("students", "verified", "issued", "registered", "linked", "active")
WORDS = {
    "students": _("Students"),
    "verified": _("Verified parent on file"),
    "issued": _("PIN given"),
    "registered": _("Registered"),
    "linked": _("Linked"),
    "active": _("Active in 30 days"),
}


@dataclass(frozen=True)
class Group:
    """Students of one school, grade or language. numbers: in the order of STEPS; none for a hidden group."""

    key: str
    words: str
    numbers: tuple[int, ...] | None

    @property
    def percent(self) -> float:
        return share(self.numbers) * 100 if self.numbers else 0


def count(on: date, run: int = 0) -> int:
    """Counts every school's families on this day, in place of an earlier count of it; how many rows that made.

    run: the newest import that has gone in. Of the days before, the last of each week is kept, for twelve weeks. The caller has opened the context.
    """
    rows = [FamilyCount(on=on, run_id=run, **row) for row in counted(on)]
    FamilyCount.objects.filter(on=on).delete()
    FamilyCount.objects.bulk_create(rows, batch_size=2000)
    monday = on - timedelta(days=on.weekday())
    FamilyCount.objects.filter(on__gte=monday, on__lt=on).delete()
    FamilyCount.objects.filter(on__lt=monday - timedelta(weeks=WEEKS)).delete()
    _only_schools(on)
    return len(rows)


def _only_schools(on: date) -> None:
    """Of the days before this one no more than a row for each school stays: the weeks ask for nothing else."""
    finer = FamilyCount.objects.filter(on__lt=on).exclude(grade="", language="")
    for day in finer.order_by().values_list("on", flat=True).distinct():
        old = FamilyCount.objects.filter(on=day)
        sums: Any = old.values("on", "school_id", "run_id").annotate(**{step: Sum(step) for step in STEPS})
        schools = [FamilyCount(**row) for row in sums.order_by()]
        old.delete()
        FamilyCount.objects.bulk_create(schools, batch_size=2000)


def counted(on: date) -> QuerySet[Any, Any]:
    """One row for each school, grade and language of the students enrolled on this day."""
    of_student = Q(student=OuterRef("pk"))
    through = Q(guardianship__student=OuterRef("pk"))
    rights = Guardianship.objects.filter(of_student, verified_now(on))
    account = Person.objects.filter(
        kind=Person.Kind.FAMILY, state=Person.State.ACTIVE, email_key=Lower(OuterRef("guardian__email"))
    )
    links = Link.objects.filter(through, verified_now(on, "guardianship__"), ended_at=None)
    pins = Pin.objects.filter(through, verified_now(on, "guardianship__"), given_at__isnull=False)
    seen = Session.objects.filter(person=OuterRef("person"), seen_at__gte=now() - ACTIVE_FOR)
    language = rights.order_by("contact_priority", "pk").values("guardian__language")[:1]
    has_account = rights.exclude(guardian__email="").filter(Exists(account))
    return (
        gate.to_count(on)
        .annotate(
            language=Coalesce(Subquery(language), Value("")),
            has_verified=Exists(rights),
            has_link=Exists(links),
            has_pin=Exists(pins),
            has_account=Exists(has_account),
            has_active=Exists(links.filter(Exists(seen))),
        )
        .values("school_id", "grade", "language")
        .annotate(
            students=Count("pk"),
            verified=Count("pk", filter=Q(has_verified=True)),
            issued=Count("pk", filter=Q(has_pin=True) | Q(has_link=True)),
            registered=Count("pk", filter=Q(has_pin=True, has_account=True) | Q(has_link=True)),
            linked=Count("pk", filter=Q(has_link=True)),
            active=Count("pk", filter=Q(has_active=True)),
        )
        .order_by()
    )


@dataclass(frozen=True)
class Numbers:
    """The newest count of one place, as a page may show it. Groups in the order they are read."""

    total: tuple[int, ...]  # in the order of STEPS
    parts: list[Group]
    grades: list[Group]
    languages: list[Group]  # none for a school: too few speak one


@asks(ADOPTION)
@on_duty
@require_safe
def dashboard(request: Request) -> HttpResponse:
    """One place: its funnel, its weeks, its parts, its grades and languages."""
    return render(request, "staff/adoption.html", _context(request))


@asks(ADOPTION)
@on_duty
@require_safe
def paper(request: Request) -> HttpResponse:
    """The same numbers on a sheet to print."""
    return render(request, "staff/adoption_print.html", _context(request))


@asks(ADOPTION)
@on_duty
@require_safe
def sheet(request: Request) -> HttpResponse:
    """The table of schools or regions as CSV, with the same groups hidden."""
    place = _place(request)
    groups = _sorted(numbers(place, _latest()).parts, request)[0]
    header = [say("Place"), *(str(WORDS[step]) for step in STEPS)]
    hidden = say("Fewer than %(n)s, or hidden with such a group") % {"n": LEAST}
    rows = ([group.words, *(group.numbers or [hidden] * len(STEPS))] for group in groups)
    return sheets.answer(f"adoption-{localdate()}.csv", header, rows)


@asks(GOALS)
@on_duty
@require_POST
def goal(request: Request) -> HttpResponse:
    """How many families of a place should be linked, and by when; for whoever answers for the place."""
    place = gate.places_for(request.actor, GOALS).filter(ref=request.POST.get("place", "")).first()
    if place is None:
        raise gate.NotHere
    form = Aim(request.POST)
    if not form.is_valid():
        return render(request, "staff/adoption.html", _context(request, place, form), status=422)
    said = form.cleaned_data
    Goal.objects.update_or_create(
        place=place, defaults={"percent": said["percent"], "by": said["by"], "set_by": request.person}
    )
    post = next(post for post in request.actor.posts if gate.opens(request.actor, post, GOALS))
    log.happened(
        request.person,
        post.role,
        ADOPTION.key,
        "goal_set",
        "answers_for_the_school",
        place=post.place.name,
        org=place,
    )
    return redirect(reverse("staff_adoption") + f"?place={place.ref}&goal=set")


@asks(CARD)
@on_duty
@require_http_methods(["GET", "HEAD", "POST"])
def missing(request: Request) -> HttpResponse:
    """The students of a place without a linked parent; POST puts them all on my list, for letters."""
    place = _place(request)
    grade = request.GET.get("grade", "")
    found = without_link(request.actor, place, grade)
    here = f"?{urlencode({'place': place.ref} | ({'grade': grade} if grade else {}))}"
    if request.method == "POST":
        new = my_list.add(request.actor, list(found.values_list("ref", flat=True)[: my_list.MOST]))
        return redirect(f"{request.path}{here}&added={new}")
    count = found.count()
    pages = max(1, -(-count // PAGE))
    page = min(max(1, whole(request.GET.get("page", ""))), pages)
    shown = list(found.select_related("school")[(page - 1) * PAGE : page * PAGE])
    brake.listed(request.actor, len(shown))
    post = request.actor.posts[0]
    log.happened(
        request.person, post.role, "search", "search", f"{count} found", place=post.place.name, org=post.place
    )
    context = {
        "place": place,
        "grade": Student(grade=grade).grade_words if grade else "",
        "students": shown,
        "count": count,
        "page": page,
        "pages": pages,
        "address": f"{here}&page=",
        "most": my_list.MOST,
        "added": whole(request.GET["added"]) if "added" in request.GET else None,
    }
    return render(request, "staff/adoption_students.html", context)


def without_link(actor: gate.Actor, place: Org, grade: str = "") -> QuerySet[Student]:
    """Students in reach who are enrolled below the place and whom no verified adult's account sees."""
    linked = Link.objects.filter(
        verified_now(actor.on, "guardianship__"), guardianship__student=OuterRef("pk"), ended_at=None
    )
    below = Q(school=place) | Q(school__parent=place) | Q(school__parent__parent=place)
    found = gate.students_for(actor, CARD).filter(
        Q(left_on=None) | Q(left_on__gte=actor.on), below, ~Exists(linked), active=True
    )
    return (found.filter(grade=grade) if grade else found).order_by("family_name", "given_name", "pk")


class Aim(Form):
    """A goal for one place."""

    percent = NumberField(label=_("Families linked, in percent"), least=1, most=100)
    by = DatePartsField(label=_("By"), earliest=2000)

    def clean_by(self) -> date:
        by: date = self.cleaned_data["by"]
        if by < localdate():
            raise forms.ValidationError(_("Choose a day that is still to come."))
        return by


def numbers(place: Org, on: date | None) -> Numbers:
    """What a place may show of one day's count. As many queries for a school as for a district."""
    above = _schools(place)
    rows = FamilyCount.objects.filter(school__in=list(above), on=on) if on else FamilyCount.objects.none()
    sums: dict[str, Any] = {step: Sum(step) for step in STEPS}
    of_school: dict[int, dict[str, tuple[int, ...]]] = {}
    by_grade = rows.values("school_id", "grade").annotate(**sums).order_by()
    for school, grade, *row in by_grade.values_list("school_id", "grade", *STEPS):
        of_school.setdefault(school, {})[grade] = tuple(row)
    of_place: dict[
        int | None, dict[int, tuple[int, ...]]
    ] = {}  # by place, the sums of the places right below
    total: tuple[int, ...] = (0,) * len(STEPS)
    for school, grades in of_school.items():
        region, district = above[school]
        whole = tuple(map(sum, zip(*grades.values(), strict=True)))
        total = _plus(total, whole)
        of_place.setdefault(region, {})[school] = whole
        if region is not None:
            regions = of_place.setdefault(district, {})
            regions[region] = _plus(regions.get(region), whole)
    seen = _shown_below(place.pk, of_place)
    return Numbers(
        total,
        _parts(place, of_place.get(place.pk, {}), seen),
        _grades(grades for school, grades in of_school.items() if school in seen),
        _languages(place, seen, above, rows, sums),
    )


def _schools(place: Org) -> dict[int, tuple[int | None, int | None]]:
    """The schools below a place, itself if it is one, each with the place above it and the place above that."""
    below = Org.objects.filter(Q(pk=place.pk) | Q(parent=place) | Q(parent__parent=place))
    return {
        pk: (parent, over) for pk, parent, over in below.values_list("pk", "parent_id", "parent__parent_id")
    }


def _shown_below(place: int, of_place: dict[int | None, dict[int, tuple[int, ...]]]) -> set[int]:
    """The place and, by their keys, all those below it that the list of the place above them shows."""
    seen = {place}
    for group in hide(
        [Group(str(pk), "", row) for pk, row in of_place.get(place, {}).items() if pk != place]
    ):
        if group.numbers:
            seen |= _shown_below(int(group.key), of_place)
    return seen


def hide(groups: Sequence[Group]) -> list[Group]:
    """The groups with those of fewer than ten hidden, and the next smallest until the hidden ones are two and ten."""
    if all(group.numbers and group.numbers[0] >= LEAST for group in groups):
        return list(groups)
    # The same on every page: equal ones by their key.
    order = sorted(
        (group for group in groups if group.numbers),
        key=lambda group: ((group.numbers or (0,))[0], group.key),
    )
    away: list[Group] = []
    for group in order:
        size = sum((each.numbers or (0,))[0] for each in away)
        if (group.numbers or (0,))[0] < LEAST or (away and (len(away) < 2 or size < LEAST)):
            away.append(group)
    return [Group(group.key, group.words, None) if group in away else group for group in groups]


def share(numbers: Sequence[int]) -> float:
    """The linked part of the students, from 0 to 1."""
    return numbers[STEPS.index("linked")] / numbers[0] if numbers[0] else 0


def whole(text: str) -> int:
    """The whole number typed, or 0."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _context(request: Request, place: Org | None = None, form: "Aim | None" = None) -> dict[str, Any]:
    place = place or _place(request)
    actor, latest = request.actor, _latest()
    told = numbers(place, latest)
    own = any(post.place_id == place.pk for post in actor.posts)
    parts, sort, down = _sorted(told.parts, request)
    before: Any = FamilyCount.objects.filter(school__in=list(_schools(place)), on__lt=latest or actor.on)
    weeks = list(
        before.values("on")
        .annotate(n=Sum("students"), k=Sum("linked"))
        .order_by("on")
        .values_list("on", "n", "k")
    )
    if latest:
        weeks.append((latest, told.total[0], told.total[STEPS.index("linked")]))
    aim = Goal.objects.filter(place=place).first()
    return {
        "place": place,
        "above": place.parent if place.parent and _may_look(actor, place.parent) else None,
        "latest": latest,
        "shown": told.total[0] >= LEAST and (own or _not_hidden(place, latest)),
        "total": dict(zip(STEPS, told.total, strict=True)),
        "share": share(told.total) * 100,
        "missing": told.total[0] - told.total[STEPS.index("linked")],
        "funnel": [
            (WORDS[step], n / max(1, told.total[0]), n) for step, n in zip(STEPS, told.total, strict=True)
        ],
        "weeks": [
            (formats.short_date(on), round(linked * 100 / students, 1))
            for on, students, linked in weeks
            if students >= LEAST
        ],
        "parts": parts,
        "sort": sort,
        "down": down,
        "order": [
            ("place", _("Place")),
            *((step, WORDS[step]) for step in STEPS),
            ("share", _("Share linked")),
        ],
        "grades": told.grades,
        "tongues": told.languages,  # `languages` are those a page can be read in
        "steps": [WORDS[step] for step in STEPS],
        "least": LEAST,
        "goal": aim,
        "goal_set": request.GET.get("goal") == "set",
        "may_aim": gate.places_for(actor, GOALS).filter(pk=place.pk).exists(),
        "lists": actor.opens(CARD),
        "form": form or Aim(None, initial={"percent": aim.percent, "by": aim.by} if aim else {"percent": 80}),
    }


def _place(request: Request) -> Org:
    """The place asked for, or that of the first post that opens this. Raises NotHere for places out of reach."""
    actor = request.actor
    ref = request.GET.get("place", "")
    if not ref:
        return (
            next((post.place for post in actor.posts if gate.opens(actor, post, ADOPTION)), None)
            or _nowhere()
        )
    place = Org.objects.select_related("parent__parent").filter(ref=ref, active=True).first()
    return place if place and _may_look(actor, place) else _nowhere()


def _nowhere() -> Org:
    raise gate.NotHere


def _may_look(actor: gate.Actor, place: Org) -> bool:
    return any(gate.opens(actor, post, ADOPTION) for post in gate.posts_over(actor, place))


def _latest() -> date | None:
    """The day of the newest count."""
    newest: date | None = FamilyCount.objects.aggregate(on=Max("on"))["on"]
    return newest


def _not_hidden(place: Org, on: date | None) -> bool:
    """Whether the list this place stands in shows it; what is hidden there has no page either."""
    if place.parent is None:
        return True
    return any(group.key == place.ref and group.numbers for group in numbers(place.parent, on).parts)


def _parts(place: Org, sums: dict[int, tuple[int, ...]], seen: set[int]) -> list[Group]:
    """The places right below."""
    below = Org.objects.filter(parent=place, active=True).order_by("name", "pk")
    return [
        Group(each.ref, each.name, sums[each.pk] if each.pk in seen else None)
        for each in below
        if each.pk in sums
    ]


def _grades(of_schools: Iterable[dict[str, tuple[int, ...]]]) -> list[Group]:
    """What each school shows of its grades, added up."""
    known = {code: n for n, code in enumerate(GRADES)}
    added = _added(of_schools)
    return [
        Group(code, str(Student(grade=code).grade_words or say("Other")), added[code])
        for code in sorted(added, key=lambda code: (known.get(code, len(known)), code))
    ]


def _languages(
    place: Org,
    seen: set[int],
    above: dict[int, tuple[int | None, int | None]],
    rows: QuerySet[FamilyCount],
    sums: dict[str, Any],
) -> list[Group]:
    """What each region shows of its languages, added up; a school shows none."""
    if place.type == "school":
        return []
    of_region: dict[int | None, dict[str, tuple[int, ...]]] = {}
    by_language = rows.values("school_id", "language").annotate(**sums).order_by()
    for school, language, *row in by_language.values_list("school_id", "language", *STEPS):
        languages = of_region.setdefault(above[school][0], {})
        languages[language] = _plus(languages.get(language), row)
    added = _added(languages for region, languages in of_region.items() if region in seen)
    by_size = sorted(added, key=lambda code: (-(added[code] or (0,))[0], code))
    return [Group(code, _language(code), added[code]) for code in by_size]


def _added(places: Iterable[dict[str, tuple[int, ...]]]) -> dict[str, tuple[int, ...] | None]:
    """By key, the sum of what places show of it; None where all of them hide it."""
    added: dict[str, tuple[int, ...] | None] = {}
    for groups in places:
        for group in hide([Group(key, key, row) for key, row in groups.items() if row[0]]):
            had = added.get(group.key)
            added[group.key] = _plus(had, group.numbers) if group.numbers else had
    return added


def _plus(these: Sequence[int] | None, those: Sequence[int]) -> tuple[int, ...]:
    return tuple(map(sum, zip(these or (0,) * len(STEPS), those, strict=True)))


def _sorted(groups: list[Group], request: Request) -> tuple[list[Group], str, bool]:
    """The places in the order the address asks for, hidden ones last; and that order."""
    sort, down = request.GET.get("sort", ""), "down" in request.GET
    if sort not in ("place", "share", *STEPS):
        return groups, "place", False
    shown = [group for group in groups if group.numbers]
    if sort == "share":
        shown.sort(key=lambda group: group.percent)
    elif sort != "place":
        shown.sort(key=lambda group: (group.numbers or ())[STEPS.index(sort)])
    return (shown[::-1] if down else shown) + [group for group in groups if not group.numbers], sort, down


def _language(code: str) -> str:
    return formats.language_name(code) if code else say("Not known")
