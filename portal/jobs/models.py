"""The ledger of daily jobs. The queue itself is procrastinate's."""

from typing import ClassVar

from django.db import models


class DailyRun(models.Model):
    """One daily job on one day of the district's calendar: it is put in the queue once, whatever the clock does."""

    wall: ClassVar = {"everyone": "raud"}

    name = models.CharField(max_length=60)
    on = models.DateField()
    made_at = models.DateTimeField(auto_now_add=True)  # when its turn came
    began_at = models.DateTimeField(null=True)  # of the last try
    ended_at = models.DateTimeField(null=True)  # when it was done
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint("name", "on", name="jobs_once_a_day")]
