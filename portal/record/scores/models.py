"""Scores as the school released them. Nothing of a score is seen before `released_at`."""

from typing import ClassVar

from django.db import models

from portal.record.models import RecordRow


class Score(RecordRow):
    """testScores.csv (companion): one score of one test; a domain points to the whole it is a part of."""

    belongs_to: ClassVar[tuple[str, ...]] = ("testing", "english-learner")

    class Type(models.TextChoices):
        SCALE = "scale"
        RAW = "raw"
        PERCENT = "percent"
        PERCENTILE = "percentile"
        LEVEL = "level"
        STANDARD = "standard"
        LEXILE = "lexile"
        QUANTILE = "quantile"
        PASS_FAIL = "passFail"  # noqa: S105 a word, not a password

    test = models.CharField(max_length=40)  # SBAC, CAST, ELPAC, AP, SAT, IREADY, local …
    name = models.CharField(max_length=255)
    subject = models.CharField(max_length=255, blank=True)
    on = models.DateField()  # first day of the test
    school_year = models.PositiveSmallIntegerField(null=True)  # the year in which it ends
    grade = models.CharField(max_length=5, blank=True)  # CEDS code, when tested
    whole = models.ForeignKey("self", models.CASCADE, null=True, related_name="+")  # none: a whole itself
    type = models.CharField(max_length=40)  # Type, or ext:<token>
    score = models.CharField(max_length=40)  # as text: 2512, B, Pass
    least = models.DecimalField(max_digits=8, decimal_places=2, null=True)  # the lowest score there is
    most = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    likely_low = models.DecimalField(max_digits=8, decimal_places=2, null=True)  # if tested again
    likely_high = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    level = models.PositiveSmallIntegerField(null=True)  # from 1
    levels = models.PositiveSmallIntegerField(null=True)  # how many there are
    level_text = models.CharField(max_length=255, blank=True)
    released_at = models.DateTimeField()

    class Meta(RecordRow.Meta):
        indexes = [models.Index(fields=["student", "test"], name="scores_of_student")]
