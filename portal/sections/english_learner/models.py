"""How a student stands with English, and the four criteria of reclassification."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.record.models import RecordRow


class Status(RecordRow):
    """englishLearner.csv (companion): one status from a day on. The latest is what holds."""

    belongs_to: ClassVar[tuple[str, ...]] = ("english-learner",)

    class Code(models.TextChoices):
        """CALPADS codes of English language acquisition."""

        ENGLISH_ONLY = "EO", _("English is the first language")
        FLUENT_FROM_START = "IFEP", _("Fluent in English from the start")
        LEARNER = "EL", _("Learning English as a new language")
        RECLASSIFIED = "RFEP", _("Reclassified as fluent in English")
        ADULT = "ADEL", _("Adult learning English as a new language")
        TO_BE_DETERMINED = "TBD", _("Not decided yet")

    class Program(models.TextChoices):
        """CALPADS codes of language instruction programs, since 2019-20."""

        DUAL = "301", _("Dual language (two-way immersion)")
        TRANSITIONAL = "302", _("Transitional bilingual program")
        DEVELOPMENTAL = "303", _("Developmental bilingual program")
        ONE_WAY = "304", _("One-way immersion")
        HERITAGE = "305", _("Heritage or Indigenous language program")
        NONE = "none", _("No language program")

    class LongTerm(models.TextChoices):
        NONE = "none"
        AT_RISK = "atRisk"
        LONG_TERM = "longTerm"

    status = models.CharField(max_length=40)  # Code, or ext:<token>
    on = models.DateField()
    language = models.CharField(max_length=20, blank=True)  # BCP 47, the first language
    program = models.CharField(max_length=40, blank=True)  # Program, another CALPADS code, or ext:<token>
    years = models.DecimalField(max_digits=4, decimal_places=1, null=True)  # years as an English learner
    long_term = models.CharField(max_length=40, blank=True)  # LongTerm, or ext:<token>
    monitor_year = models.PositiveSmallIntegerField(null=True)  # 1 to 4, after reclassification
    reviewed_on = models.DateField(null=True)

    class Meta(RecordRow.Meta):
        indexes = [models.Index(fields=["student"], name="english_statuses_of")]


class Criterion(RecordRow):
    """elCriteria.csv (companion): whether one of the four criteria of reclassification is met."""

    belongs_to: ClassVar[tuple[str, ...]] = ("english-learner",)

    class Kind(models.TextChoices):
        ASSESSMENT = "assessment", _("ELPAC, the state test of English")
        TEACHER = "teacherEvaluation", _("What the teacher sees")
        BASIC_SKILLS = "basicSkills", _("Reading and writing at grade level")
        PARENT = "parentConsultation", _("Your opinion")

    kind = models.CharField(max_length=40)  # Kind, or ext:<token>
    is_met = models.BooleanField(default=False)
    value = models.CharField(max_length=255, blank=True)
    target = models.CharField(max_length=255, blank=True)
    as_of = models.DateField()

    class Meta(RecordRow.Meta):
        constraints = [
            *RecordRow.Meta.constraints,
            models.UniqueConstraint(
                "student", "kind", condition=models.Q(active=True), name="english_learner_criterion_once"
            ),
        ]
