"""Doses on file and where the school says a student stands with each requirement."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.record.models import RecordRow


class Vaccine(models.TextChoices):
    """Groups of vaccines, as the companion set names them."""

    DTAP = "DTaP", _("DTaP")
    TDAP = "Tdap", _("Tdap")
    POLIO = "IPV", _("Polio")
    MMR = "MMR", _("MMR")
    VARICELLA = "VAR", _("Chickenpox")
    HEPB = "HepB", _("Hepatitis B")
    HEPA = "HepA", _("Hepatitis A")
    HIB = "Hib", _("Hib")
    PCV = "PCV", _("Pneumococcal")
    MENACWY = "MenACWY", _("Meningitis (MenACWY)")
    HPV = "HPV", _("HPV")
    FLU = "IIV", _("Flu")
    COVID = "COVID", _("COVID-19")
    OTHER = "other", _("Another vaccine")


class Dose(RecordRow):
    """immunizations.csv (companion): one shot that was given."""

    belongs_to: ClassVar[tuple[str, ...]] = ("immunizations",)

    class Origin(models.TextChoices):
        REGISTRY = "registry", _("State registry (CAIR2)")
        RECORD = "record", _("Shot record")
        CLINIC = "clinic", _("Clinic or doctor")
        PARENT = "parent", _("Family")

    vaccine = models.CharField(max_length=40)  # Vaccine, or ext:<token>
    cvx = models.CharField(max_length=10, blank=True)  # CVX code of the product, as 02 for oral polio
    number = models.PositiveSmallIntegerField(null=True)
    on = models.DateField()
    origin = models.CharField(max_length=40, blank=True)  # Origin, or ext:<token>

    class Meta(RecordRow.Meta):
        indexes = [models.Index(fields=["student"], name="immunizations_doses_of")]


class Standing(RecordRow):
    """immunizationStatus.csv (companion): what the school says of one vaccine for one requirement."""

    belongs_to: ClassVar[tuple[str, ...]] = ("immunizations",)

    class Requirement(models.TextChoices):
        TK = "tkEntry", _("Transitional kindergarten")
        KINDERGARTEN = "kEntry", _("Kindergarten")
        K12 = "k12Admission", _("Starting at a school, kindergarten to grade 12")
        GRADE_7 = "grade7", _("Grade 7")
        OTHER = "other", _("Another requirement")

    class State(models.TextChoices):
        MET = "met", _("On file")
        CONDITIONAL = "conditional", _("Catching up")
        OVERDUE = "overdue", _("Record needed")
        EXEMPT = "exemptMedical", _("Medical exemption")
        NOT_REQUIRED = "notRequired", _("Not required")
        UNKNOWN = "unknown", _("Ask the school")

    requirement = models.CharField(max_length=40)  # Requirement, or ext:<token>
    vaccine = models.CharField(max_length=40)  # Vaccine, or ext:<token>
    state = models.CharField(max_length=40)  # State, or ext:<token>
    due_on = models.DateField(null=True)
    note = models.TextField(blank=True)

    class Meta(RecordRow.Meta):
        constraints = [
            *RecordRow.Meta.constraints,
            models.UniqueConstraint(
                "student",
                "requirement",
                "vaccine",
                condition=models.Q(active=True),
                name="immunizations_one_standing",
            ),
        ]
