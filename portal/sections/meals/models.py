"""Menus of schools, meal accounts of students, and what a household was granted."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.family.models import Guardian
from portal.record.models import RecordRow
from portal.students.models import Org, Rostered


class Dish(Rostered):
    """schoolMenus.csv (companion): one dish of one meal at one school. Of no student."""

    wall: ClassVar = {"everyone": "r"}

    class Meal(models.TextChoices):
        BREAKFAST = "breakfast", _("Breakfast")
        LUNCH = "lunch", _("Lunch")
        SUPPER = "supper", _("Supper")
        SNACK = "snack", _("Snack")

    class Allergen(models.TextChoices):
        MILK = "milk", _("milk")
        EGG = "egg", _("egg")
        FISH = "fish", _("fish")
        SHELLFISH = "shellfish", _("shellfish")
        TREE_NUT = "treeNut", _("tree nuts")
        PEANUT = "peanut", _("peanuts")
        WHEAT = "wheat", _("wheat")
        SOY = "soy", _("soy")
        SESAME = "sesame", _("sesame")

    class Diet(models.TextChoices):
        VEGETARIAN = "vegetarian", _("Vegetarian")
        VEGAN = "vegan", _("Vegan")
        HALAL = "halal", _("Halal")

    school = models.ForeignKey(Org, models.PROTECT, related_name="+")
    on = models.DateField()
    meal = models.CharField(max_length=40)  # Meal, or ext:<token>
    title = models.CharField(max_length=255)
    allergens = models.CharField(
        max_length=255, blank=True
    )  # codes of Allergen, or ext:<token>, commas between
    diets = models.CharField(max_length=100, blank=True)  # codes of Diet, or ext:<token>, commas between
    carbs = models.PositiveSmallIntegerField(null=True)  # grams

    class Meta(Rostered.Meta):
        indexes = [models.Index(fields=["school", "on"], name="meals_dishes_of_a_day")]


class Account(RecordRow):
    """mealAccounts.csv (companion): money for extra items. Meals themselves may be free."""

    belongs_to: ClassVar[tuple[str, ...]] = ("meals",)

    balance = models.DecimalField(max_digits=7, decimal_places=2)  # of `currency`; below 0 is owed
    currency = models.CharField(max_length=3)  # USD
    as_of = models.DateTimeField()
    low = models.BooleanField(null=True)  # as the meals office sees it

    class Meta(RecordRow.Meta):
        constraints = [
            *RecordRow.Meta.constraints,
            models.UniqueConstraint(
                "student", condition=models.Q(active=True), name="meals_one_account_a_student"
            ),
        ]


class Eligibility(RecordRow):
    """mealEligibility.csv (companion): what was granted, to whom it is told and until when.

    Confidential: 42 USC 1758(b)(6), 7 CFR 245.6, California Education Code 49558.
    """

    belongs_to: ClassVar[tuple[str, ...]] = ("meals",)

    class Benefit(models.TextChoices):
        FREE = "free", _("Free meals")
        REDUCED = "reduced", _("Reduced-price meals")
        PAID = "paid", _("Not granted")
        UNIVERSAL = "universal", _("Free for every student")

    class Basis(models.TextChoices):
        APPLICATION = "application", _("Your application")
        DIRECT = "directCertification", _("Another program told us")
        CEP = "cep", _("The whole school qualifies")
        PROVISION = "provision", _("The whole school qualifies")
        OTHER = "other", _("Another reason")

    school_year = models.PositiveSmallIntegerField()  # the year in which the school year ends
    benefit = models.CharField(max_length=40)  # Benefit, or ext:<token>
    basis = models.CharField(max_length=40, blank=True)  # Basis, or ext:<token>
    begins = models.DateField()
    ends = models.DateField(null=True)  # inclusive
    applicant = models.ForeignKey(Guardian, models.PROTECT, null=True, related_name="+")  # who signed

    class Meta(RecordRow.Meta):
        constraints = [
            *RecordRow.Meta.constraints,
            models.UniqueConstraint(
                "student", "begins", condition=models.Q(active=True), name="meals_one_status_from_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(ends=None) | models.Q(ends__gte=models.F("begins")),
                name="meals_status_ends_after_it_begins",
            ),
        ]
