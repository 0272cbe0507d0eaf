"""Identity checks at the counter: that they were made, never what was shown."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.access.models import Post
from portal.family.models import Guardianship


class IdentityCheck(models.Model):
    """One checklist: who asked, how, what matched. Never which kind of ID, its number or a picture."""

    wall: ClassVar = {"staff": "ra"}

    class Channel(models.TextChoices):
        COUNTER = "counter", _("At the counter")
        VIDEO = "video", _("Video call")
        PHONE = "phone", _("Phone after video")

    class Outcome(models.TextChoices):
        SHOWN = "shown", _("PIN shown")
        PRINTED = "printed", _("Letter printed")
        NOT_RELEASED = "not_released", _("Could not verify")

    guardianship = models.ForeignKey(Guardianship, models.PROTECT)
    post = models.ForeignKey(Post, models.PROTECT)
    channel = models.CharField(max_length=7, choices=Channel)
    birth_date_matches = models.BooleanField()
    name_matches = models.BooleanField()
    grade_matches = models.BooleanField()
    address_and_phone_match = models.BooleanField()
    emergency_contact_matches = models.BooleanField()
    photo_id_seen = models.BooleanField()
    face_matches = models.BooleanField()
    outcome = models.CharField(max_length=12, choices=Outcome)
    made_at = models.DateTimeField(auto_now_add=True)
