"""What a family reads of meals: this week's menu, the meal account, and, unlocked, what the household was granted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

from django.conf import settings

from portal.access.context import within
from portal.access.grant import Grant
from portal.family import household
from portal.family.models import Guardianship
from portal.record import codes
from portal.record.section import Words
from portal.sections.meals.models import Account, Dish, Eligibility

Benefit = Eligibility.Benefit
SAYS_NOTHING_OF_A_FAMILY = (Eligibility.Basis.CEP, Eligibility.Basis.PROVISION)
MEALS = Dish.Meal.values


@dataclass(frozen=True)
class Food:
    """One dish."""

    title: str
    contains: tuple[Words, ...]  # allergens
    diets: tuple[Words, ...]
    carbs: int | None  # grams


@dataclass(frozen=True)
class Meal:
    words: Words  # Lunch
    foods: tuple[Food, ...]


@dataclass(frozen=True)
class MenuDay:
    on: date
    meals: tuple[Meal, ...]  # in the order of the day


@dataclass(frozen=True)
class Balance:
    """Money on the meal account, for extra items."""

    amount: Decimal  # US dollars; below 0 is owed
    as_of: datetime
    low: bool


@dataclass(frozen=True)
class Meals:
    """This week at the student's school, from Saturday on the week to come."""

    monday: date
    days: tuple[MenuDay, ...]  # those with a menu
    today: MenuDay | None
    free_for_all: bool  # every student of the district eats free
    balance: Balance | None  # None: the school keeps no account, or has not sent it


@dataclass(frozen=True)
class Status:
    """What the household was granted, the newest first; empty when nothing is there for this household."""

    now: "Granted | None"
    earlier: tuple["Granted", ...]
    free_for_all: bool


@dataclass(frozen=True)
class Granted:
    benefit: Benefit | None  # None: a code of the district's own
    words: Words
    basis: Words
    begins: date
    ends: date | None  # inclusive


def read(grant: Grant) -> Meals:
    """The menu and the account; two queries. No menu of a school the student has left."""
    monday = grant.on - timedelta(days=grant.on.weekday())
    if grant.on.weekday() >= 5:
        monday += timedelta(days=7)
    dishes = Dish.objects.filter(
        school=grant.student.school,
        on__range=(monday, min(monday + timedelta(days=6), grant.student.left_on or date.max)),
        active=True,
    ).order_by("on", "pk")
    days = tuple(MenuDay(on, _meals(of_day)) for on, of_day in groupby(dishes, lambda dish: dish.on))
    account = Account.rows.under(grant).first()
    return Meals(
        monday=monday,
        days=days,
        today=next((day for day in days if day.on == grant.on), None),
        free_for_all=settings.DISTRICT.meals.free_for_all,
        balance=Balance(account.balance, account.as_of, bool(account.low)) if account else None,
    )


def _meals(dishes: Iterable[Dish]) -> tuple[Meal, ...]:
    by_meal: dict[str, list[Dish]] = {}
    for dish in dishes:
        by_meal.setdefault(dish.meal, []).append(dish)
    return tuple(
        Meal(codes.word(meal, Dish.Meal, "schoolMenus"), tuple(map(_food, by_meal[meal])))
        for meal in sorted(by_meal, key=lambda meal: MEALS.index(meal) if meal in MEALS else len(MEALS))
    )


def _food(dish: Dish) -> Food:
    return Food(
        title=dish.title,
        contains=codes.words(dish.allergens, Dish.Allergen, "schoolMenus"),
        diets=codes.words(dish.diets, Dish.Diet, "schoolMenus"),
        carbs=dish.carbs,
    )


def read_status(grant: Grant) -> Status:
    """What was granted, as far as it is this household's own; at most three queries.

    A row of an application is for the adult who signed it and those of the same home. A row without an applicant is
    told where all adults with full rights share a home, so that nobody learns another household's income from it. What
    the whole school has says nothing of a family. Limited rights see none of it.
    """
    granted = [
        Granted(
            benefit=Benefit(row.benefit) if row.benefit in Benefit.values else None,
            words=codes.word(row.benefit, Benefit, "mealEligibility"),
            basis=codes.word(row.basis, Eligibility.Basis, "mealEligibility") if row.basis else "",
            begins=row.begins,
            ends=row.ends,
        )
        for row in _ours(grant)
    ]
    now = next((row for row in granted if row.ends is None or grant.on <= row.ends), None)
    return Status(
        now=now,
        earlier=tuple(row for row in granted if row is not now),
        free_for_all=settings.DISTRICT.meals.free_for_all,
    )


def _ours(grant: Grant) -> list[Eligibility]:
    right = grant.guardianship
    if right is None or right.educational_rights != Guardianship.Rights.FULL:
        return []
    rows = list(Eligibility.rows.under(grant).filter(begins__lte=grant.on).order_by("-begins"))
    if not rows:
        return []
    signed = {row.applicant_id for row in rows if row.applicant_id}
    with within("linking", grant.person.pk, "household", about=f"student:{grant.student.pk}"):
        others = set(
            Guardianship.objects.filter(
                student=grant.student,
                active=True,
                educational_rights=Guardianship.Rights.FULL,
                access_restriction=Guardianship.Restriction.NONE,
            ).values_list("guardian_id", flat=True)
        )
        home = household.of(right.guardian, others | signed)

    def ours(row: Eligibility) -> bool:
        if row.benefit == Benefit.UNIVERSAL or row.basis in SAYS_NOTHING_OF_A_FAMILY:
            return True
        return row.applicant_id in home if row.applicant_id else others <= home

    return [row for row in rows if ours(row)]
