"""Columns of mealAccounts.csv, mealEligibility.csv and schoolMenus.csv. Source: our companion CSV set, version 1.0.

`schoolMenus.csv`, and `applicantSourcedId` of mealEligibility.csv, are our own additions to the set.
"""

from django.db.models import Q

from portal.family.models import Guardian
from portal.record.feed import NEW_ONES, Column, Feed, Kind
from portal.sections.meals.models import Account, Dish, Eligibility
from portal.students.models import Employee, Org, Student

menus = Feed(
    file="schoolMenus.csv",
    into=Dish,
    columns=(
        Column("schoolSourcedId", "school", Kind.REFERENCE, required=True, to=Org),
        Column("date", "on", Kind.DAY, required=True),
        Column("meal", "meal", Kind.CODE, required=True, codes=Dish.Meal.values),
        Column("title", "title", required=True),
        Column("allergens", "allergens", Kind.CODES, codes=Dish.Allergen.values),
        Column("diets", "diets", Kind.CODES, codes=Dish.Diet.values, longest=100),
        Column("carbs", "carbs", Kind.WHOLE),
    ),
    check=(("carbs IS NULL OR carbs <= 500", "out_of_range"),),
)

accounts = Feed(
    file="mealAccounts.csv",
    into=Account,
    silent=~Q(low=True),
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("balance", "balance", Kind.DECIMAL, required=True),
        Column("currency", "currency", required=True, longest=3),
        Column("asOf", "as_of", Kind.MOMENT, required=True),
        Column("lowBalance", "low", Kind.YES_NO),
    ),
    check=(("currency = 'USD'", "unknown_code"),),
)

eligibility = Feed(
    file="mealEligibility.csv",
    into=Eligibility,
    silent=NEW_ONES,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("schoolYear", "school_year", Kind.WHOLE, required=True),
        Column("benefit", "benefit", Kind.CODE, required=True, codes=Eligibility.Benefit.values),
        Column("basis", "basis", Kind.CODE, codes=Eligibility.Basis.values),
        Column("beginDate", "begins", Kind.DAY, required=True),
        Column("endDate", "ends", Kind.DAY),
        Column("applicantSourcedId", "applicant", Kind.REFERENCE, to=Guardian, among=(Student, Employee)),
    ),
    check=(
        ("ends IS NULL OR begins <= ends", "ends_before_it_begins"),
        ("school_year BETWEEN 2000 AND 2099", "out_of_range"),
    ),
)

feeds = (menus, accounts, eligibility)
