"""Meals: this week's menu, the account, and a status that only the household it belongs to may read."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from portal.family.models import ContactPoint, Guardianship
from portal.record import glances
from portal.record.contents import section
from portal.record.timeline import Change, Happening
from portal.sections.meals.models import Account, Dish, Eligibility
from portal.sections.meals.reading import (
    Balance,
    Food,
    Granted,
    Meal,
    Meals,
    MenuDay,
    Status,
    read,
    read_status,
)
from portal.sections.meals.timeline import events
from portal.students.models import Student
from tests.cast import Cast, rostered

MEALS = section("meals")
WEDNESDAY = date(2026, 10, 7)
NOON = datetime(2026, 10, 7, 19, tzinfo=UTC)


def a_dish(family: Cast, on: date, meal: str, title: str, **more: object) -> None:
    Dish.objects.create(**rostered(f"{on}-{title}"), school=family.oak, on=on, meal=meal, title=title, **more)


def an_account(family: Cast, balance: str, *, low: bool = False) -> Account:
    made = Account(
        **rostered("account"),
        student=family.ana,
        balance=Decimal(balance),
        currency="USD",
        as_of=NOON,
        low=low,
    )
    made.save()
    return made


def granted(family: Cast, benefit: str, **more: object) -> None:
    values = {
        "school_year": 2027,
        "basis": "application",
        "begins": date(2026, 8, 17),
        "ends": date(2027, 6, 30),
    }
    number = len(Eligibility.rows.for_import())
    Eligibility(
        **rostered(f"granted-{number}"), student=family.ana, benefit=benefit, **(values | more)
    ).save()


def lives_at(right: Guardianship, street: str, **more: object) -> None:
    ContactPoint.objects.create(
        **rostered(f"home-{right.pk}"),
        guardian=right.guardian,
        kind="homeAddress",
        value=street,
        city="Bell",
        **more,
    )


@pytest.fixture
def apart(on) -> Cast:
    """Ana's father has full rights too, and a home of his own."""
    family = on(WEDNESDAY)
    Guardianship.objects.filter(pk=family.fathers_right.pk).update(access_restriction="none")
    family.fathers_right.refresh_from_db()
    lives_at(family.mothers_right, "1 Oak St")
    lives_at(family.fathers_right, "9 Elm St")
    return family


def statuses(family: Cast, admit) -> tuple[int, int]:
    """How much of it the mother and the father are told."""
    return tuple(
        bool(found.now) + len(found.earlier)
        for found in (read_status(admit(who, family.ana, MEALS)) for who in (family.mother, family.father))
    )


def test_a_parent_reads_this_weeks_menu_and_the_account(on, admit):
    family = on(WEDNESDAY)
    a_dish(family, WEDNESDAY, "lunch", "Cheese pizza", allergens="milk,wheat", diets="vegetarian", carbs=44)
    a_dish(family, WEDNESDAY, "breakfast", "Oatmeal")
    a_dish(family, date(2026, 10, 14), "lunch", "Next week")
    a_dish(family, date(2026, 10, 2), "lunch", "Last week")
    an_account(family, "12.50")
    today = MenuDay(
        WEDNESDAY,
        (
            Meal("Breakfast", (Food("Oatmeal", (), (), None),)),
            Meal("Lunch", (Food("Cheese pizza", ("milk", "wheat"), ("Vegetarian",), 44),)),
        ),
    )
    assert read(admit(family.mother, family.ana, MEALS)) == Meals(
        monday=date(2026, 10, 5),
        days=(today,),
        today=today,
        free_for_all=True,
        balance=Balance(Decimal("12.50"), NOON, low=False),
    )


def test_on_a_saturday_the_week_to_come_is_shown(on, admit):
    family = on(date(2026, 10, 10))
    a_dish(family, date(2026, 10, 12), "lunch", "Bean burrito")
    a_dish(family, WEDNESDAY, "lunch", "Eaten")
    reading = read(admit(family.mother, family.ana, MEALS))
    assert (reading.monday, reading.today) == (date(2026, 10, 12), None)
    assert [day.meals[0].foods[0].title for day in reading.days] == ["Bean burrito"]


def test_who_has_left_reads_no_menu_of_the_school(on, admit, visit):
    family = on(WEDNESDAY)
    a_dish(family, WEDNESDAY, "lunch", "Pizza")
    Student.objects.filter(pk=family.ana.pk).update(left_on=date(2026, 10, 2))
    family.ana.refresh_from_db()
    grant = admit(family.mother, family.ana, MEALS)
    assert read(grant).days == ()
    assert glances.said([(MEALS, [grant])])[family.ana.pk]["meals"].tile == ""
    page = visit(family.mother).get(f"/students/{family.ana.ref}/meals/").content.decode()
    assert not any(words in page for words in ("Pizza", "not posted yet", "no menu for today"))


def test_a_code_of_the_districts_own_is_other_and_never_the_code(on, visit):
    family = on(WEDNESDAY)
    a_dish(family, WEDNESDAY, "ext:zq7", "Second snack", allergens="milk,ext:zq8", diets="ext:zq9")
    page = visit(family.mother).get(f"/students/{family.ana.ref}/meals/").content.decode()
    assert "Contains: milk, Other" in page
    assert "zq7" not in page
    assert "zq8" not in page
    assert "zq9" not in page


def test_the_page_says_that_meals_are_free_and_that_no_menu_has_come(on, visit):
    family = on(WEDNESDAY)
    page = visit(family.mother).get(f"/students/{family.ana.ref}/meals/").content.decode()
    assert "The menu for this week is not posted yet." in page
    assert "Breakfast and lunch are free for every student." in page
    assert "Balance" not in page


def test_the_household_that_applied_reads_what_was_granted_and_the_other_does_not(apart, admit):
    granted(apart, "free", applicant=apart.mothers_right.guardian)
    assert read_status(admit(apart.mother, apart.ana, MEALS)) == Status(
        now=Granted(
            Eligibility.Benefit.FREE, "Free meals", "Your application", date(2026, 8, 17), date(2027, 6, 30)
        ),
        earlier=(),
        free_for_all=True,
    )
    assert statuses(apart, admit) == (1, 0)


def test_an_application_is_for_everyone_of_the_same_home(apart, admit):
    ContactPoint.objects.filter(guardian=apart.fathers_right.guardian).update(value="1  OAK st")
    granted(apart, "reduced", applicant=apart.mothers_right.guardian)
    assert statuses(apart, admit) == (1, 1)


def test_without_an_applicant_nobody_is_told_where_there_are_two_homes(apart, admit):
    granted(apart, "free", basis="directCertification")
    assert statuses(apart, admit) == (0, 0)
    ContactPoint.objects.filter(guardian=apart.fathers_right.guardian).update(value="1 Oak St")
    assert statuses(apart, admit) == (1, 1)


def test_what_the_whole_school_has_says_nothing_of_a_family(apart, admit):
    granted(apart, "universal", basis="cep")
    assert statuses(apart, admit) == (1, 1)


def test_limited_rights_and_staff_read_the_menu_and_no_status(on, admit, visit):
    family = on(WEDNESDAY)
    granted(family, "free", applicant=family.mothers_right.guardian)
    Guardianship.objects.filter(pk=family.mothers_right.pk).update(educational_rights="limited")
    assert visit(family.mother).get(f"/students/{family.ana.ref}/meals/").status_code == 200
    nothing = Status(now=None, earlier=(), free_for_all=True)
    assert read_status(admit(family.mother, family.ana, MEALS)) == nothing
    assert read_status(admit(family.ms_reed, family.ana, MEALS)) == nothing


def test_what_begins_later_is_not_told_yet_and_what_ended_is_earlier(on, admit):
    family = on(WEDNESDAY)
    granted(family, "paid", begins=date(2025, 8, 14), ends=date(2026, 6, 30))
    granted(family, "free", begins=date(2026, 10, 8))
    found = read_status(admit(family.mother, family.ana, MEALS))
    assert (found.now, [each.benefit for each in found.earlier]) == (None, ["paid"])


def test_the_status_asks_for_the_password_again_and_the_menu_does_not(on, visit):
    family = on(WEDNESDAY)
    client = visit(family.mother)
    family.mother.sessions.update(unlocked_at=None, fresh_until=None)
    assert client.get(f"/students/{family.ana.ref}/meals/").status_code == 200
    answer = client.get(f"/students/{family.ana.ref}/meals/status/")
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/login/unlock/")


def test_no_page_that_shows_several_things_says_what_was_granted(on, visit):
    family = on(WEDNESDAY)
    granted(family, "free", applicant=family.mothers_right.guardian)
    client = visit(family.mother)
    for address in ("/home/", f"/students/{family.ana.ref}/", f"/students/{family.ana.ref}/meals/"):
        page = client.get(address).content.decode()
        assert "Free meals" not in page
        assert "Approved" not in page


def test_the_home_page_says_the_balance_and_asks_when_it_is_low(on, admit):
    family = on(WEDNESDAY)
    an_account(family, "1.20", low=True)
    grant = admit(family.mother, family.ana, MEALS)
    fact = glances.said([(MEALS, [grant])])[family.ana.pk]["meals"]
    assert str(fact.tile) == "Balance $1.20"
    assert [(need.rank, str(need.sentence), need.detail) for need in fact.needs] == [
        (2, "<bdi>Ana</bdi>: the meal account is low", "Balance $1.20")
    ]


def test_an_account_that_became_low_is_told_once():
    row = Account(student_id=7, balance=Decimal(1), as_of=NOON, low=True, active=True)
    told = Happening("meals.low", 7, WEDNESDAY)
    assert list(events([Change(row, {"low": False})])) == [told]
    assert list(events([Change(row, {})])) == [told]
    assert list(events([Change(row, {"low": True})])) == []
    assert list(events([Change(Eligibility(student_id=7, benefit="free", active=True), {})])) == []


def test_a_stranger_finds_neither_menu_nor_status(on, visit):
    family = on(WEDNESDAY)
    for address in ("meals/", "meals/status/", "meals.json"):
        assert visit(family.stranger).get(f"/students/{family.ana.ref}/{address}").status_code == 404
