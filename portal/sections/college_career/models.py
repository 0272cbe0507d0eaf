"""Final marks that earn credit, how far each graduation requirement is met, and what is planned after school."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.record.models import RecordRow


class TranscriptCourse(RecordRow):
    """transcriptCourses.csv (companion): one final mark."""

    belongs_to: ClassVar[tuple[str, ...]] = ("college-career",)

    class Program(models.TextChoices):
        """What a class is part of, beside the school's own courses."""

        AP = "ap", _("Advanced Placement (AP)")
        IB = "ib", _("International Baccalaureate (IB)")
        COLLEGE = "dualEnrollment", _("College class")
        CAREER = "cte", _("Career class")

    school_year = models.PositiveSmallIntegerField()  # the year in which the school year ends
    term = models.CharField(max_length=100)  # as the school calls it
    title = models.CharField(max_length=255)
    code = models.CharField(max_length=100, blank=True)
    mark = models.CharField(max_length=10)
    credits = models.DecimalField(max_digits=5, decimal_places=2)  # earned; 0 for an F
    area = models.CharField(max_length=1, blank=True)  # a to g: subject area of UC and CSU
    weight = models.DecimalField(max_digits=3, decimal_places=2, null=True)  # points added for honors and AP
    counts = models.BooleanField(default=True)  # in the averages; not for physical education
    cal_grant = models.BooleanField(
        null=True
    )  # in its average: not for JROTC, either; not said: as `counts` says
    program = models.CharField(max_length=40, blank=True)  # Program, or ext:<token>
    honors = models.BooleanField(null=True)  # one point more at UC and CSU; not said: as `weight` says
    grade = models.PositiveSmallIntegerField(null=True)  # in which it was taken; of a summer class, before it
    summer = models.BooleanField(default=False)
    sequence = models.CharField(max_length=100, blank=True)  # Spanish, Math: classes that build on each other
    step = models.PositiveSmallIntegerField(null=True)  # in the sequence, in semesters from 1

    class Meta(RecordRow.Meta):
        constraints = [
            *RecordRow.Meta.constraints,
            models.CheckConstraint(condition=Q(credits__gte=0), name="college_career_credits_not_below_0"),
        ]
        indexes = [models.Index(fields=["student"], name="college_career_courses_of")]


class Progress(RecordRow):
    """graduationProgress.csv (companion): one requirement, as the school counts it."""

    belongs_to: ClassVar[tuple[str, ...]] = ("college-career",)

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=255)
    required = models.DecimalField(max_digits=5, decimal_places=2)  # credits
    earned = models.DecimalField(max_digits=5, decimal_places=2)  # credits
    in_progress = models.DecimalField(
        max_digits=5, decimal_places=2, null=True
    )  # credits of classes that run now
    is_met = models.BooleanField()
    as_of = models.DateField()

    class Meta(RecordRow.Meta):
        constraints = [
            *RecordRow.Meta.constraints,
            models.UniqueConstraint(
                "student", "code", condition=Q(active=True), name="college_career_one_row_a_requirement"
            ),
            models.CheckConstraint(
                condition=Q(required__gte=0, earned__gte=0), name="college_career_progress_not_below_0"
            ),
        ]


class Plan(RecordRow):
    """collegePlans.csv (companion): the career pathway, service learning and money for college."""

    belongs_to: ClassVar[tuple[str, ...]] = ("college-career",)

    class Sector(models.TextChoices):
        """The state's industry sectors. Source: California CTE Model Curriculum Standards."""

        AGRICULTURE = "agriculture", _("Agriculture and natural resources")
        ARTS = "arts", _("Arts, media and entertainment")
        BUILDING = "building", _("Building and construction")
        BUSINESS = "business", _("Business and finance")
        EDUCATION = "education", _("Education, child development and family services")
        ENERGY = "energy", _("Energy, environment and utilities")
        ENGINEERING = "engineering", _("Engineering and architecture")
        FASHION = "fashion", _("Fashion and interior design")
        HEALTH = "health", _("Health science and medical technology")
        HOSPITALITY = "hospitality", _("Hospitality, tourism and recreation")
        INFORMATION = "information", _("Information and communication technologies")
        MANUFACTURING = "manufacturing", _("Manufacturing and product development")
        MARKETING = "marketing", _("Marketing, sales and service")
        PUBLIC = "publicServices", _("Public services")
        TRANSPORTATION = "transportation", _("Transportation")

    class Service(models.TextChoices):
        NOT_STARTED = "notStarted", _("Not started")
        IN_PROGRESS = "inProgress", _("Started")
        MET = "met", _("Done")

    class Aid(models.TextChoices):
        """Source: EC 51225.7: every senior sends the FAFSA or the CADAA, or the family opts out."""

        NOT_STARTED = "notStarted", _("Not sent yet")
        SUBMITTED = "submitted", _("Sent")
        OPTED_OUT = "optedOut", _("Your family opted out")

    class CalGrant(models.TextChoices):
        """Source: EC 69432.9."""

        NOT_SENT = "notSent", _("Not sent yet")
        SENT = "sent", _("Sent to the state")
        OPTED_OUT = "optedOut", _("Your family opted out")

    pathway = models.CharField(max_length=255, blank=True)  # as the school calls it
    sector = models.CharField(max_length=40, blank=True)  # Sector, or ext:<token>
    work_hours = models.DecimalField(max_digits=6, decimal_places=2, null=True)  # of work-based learning
    service = models.CharField(max_length=40, blank=True)  # Service, or ext:<token>
    aid = models.CharField(max_length=40, blank=True)  # Aid, or ext:<token>
    aid_on = models.DateField(null=True)  # when it was sent
    cal_grant = models.CharField(max_length=40, blank=True)  # CalGrant, or ext:<token>
    as_of = models.DateField()

    class Meta(RecordRow.Meta):
        constraints = [
            *RecordRow.Meta.constraints,
            models.UniqueConstraint("student", condition=Q(active=True), name="college_career_one_plan"),
            models.CheckConstraint(
                condition=Q(work_hours=None) | Q(work_hours__gte=0), name="college_career_hours_not_below_0"
            ),
        ]
