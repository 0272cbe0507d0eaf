"""Every address of the portal, room by room."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("portal.people.urls")),
    path("", include("portal.family.urls")),
    path("", include("portal.record.urls")),
    *([path("", include("portal.demo.urls"))] if settings.MODE != "production" else []),
]
