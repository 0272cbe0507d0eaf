"""What the demo keeps in place of the outside world: the mail and text messages it would have sent."""

from typing import ClassVar

from django.db import models


class KeptMail(models.Model):
    """A mail as the family would get it. Only the demo and the tests have this table."""

    wall: ClassVar = {"worker": "ra"}

    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=255)
    text = models.TextField()
    html = models.TextField(blank=True)
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]


class KeptText(models.Model):
    """A text message as the phone would show it."""

    wall: ClassVar = {"worker": "ra"}

    to = models.CharField(max_length=20)
    text = models.TextField()
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
