"""Staff posts: who works where in which role. Kept by the portal; the sign-on's word gives none."""

from typing import ClassVar

from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from portal.people.models import Person
from portal.students.models import Employee, Org


class Post(models.Model):
    """One person's role at one place, from when to when."""

    wall: ClassVar = {
        "door": "r",
        "family": {"r": "true"},
        "staff": {"r": "true", "au": "place_id = {given}"},
        "linking": {"r": "true"},
        "worker": "ru",
        "importer": "r",
    }

    class Role(models.TextChoices):
        OFFICE_MANAGER = "office_manager", _("Office manager")
        PRINCIPAL = "principal", _("Principal")
        ASSISTANT_PRINCIPAL = "assistant_principal", _("Assistant principal")
        COUNSELOR = "counselor", _("Counselor")
        REGISTRAR = "registrar", _("Registrar")
        TEACHER = "teacher", _("Teacher")
        PIN_ADMINISTRATOR = "pin_administrator", _("Parent access account administrator")
        REGION_FAMILY_OFFICE = "region_family_office", _("Region family office")
        FAMILY_HOTLINE = "family_hotline", _("Family Hotline")
        DISTRICT_ADMINISTRATOR = "district_administrator", _("District administrator")
        AUDITOR = "auditor", _("Auditor")

    class Ended(models.TextChoices):
        REMOVED = "removed", _("Removed in User Manager")
        JOB_ENDED = "job_ended", _("No longer works there")

    person = models.ForeignKey(Person, models.CASCADE, related_name="posts")
    employee = models.ForeignKey(
        Employee, models.PROTECT, null=True, related_name="posts"
    )  # as the roster knows them; without a job there the post opens nothing
    role = models.CharField(max_length=25, choices=Role)
    place = models.ForeignKey(Org, models.PROTECT)  # a school, a region or the district
    gives_pins = models.BooleanField(default=False)  # may reach PINs; starts with the post
    sees_sensitive = models.BooleanField(
        default=False
    )  # granted the sensitive sections its role does not open
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=9, choices=Ended, blank=True)
    added_at = models.DateTimeField(default=now)
    added_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="posts_added")
    checked_at = models.DateTimeField(null=True)  # when someone last said that it is still needed

    class Meta:
        indexes = [models.Index(fields=["person"], name="access_posts_of")]
