"""Every address of the portal, room by room."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("portal.people.urls")),
    path("", include("portal.family.urls")),
    path("", include("portal.staff.urls")),
    path("", include("portal.record.urls")),
    path("", include("portal.api.urls")),
    path("", include("portal.privacy.urls")),
    *([path("", include("portal.demo.urls"))] if settings.MODE != "production" else []),
]

handler400 = "portal.web.errors.bad_request"
handler403 = "portal.web.errors.forbidden"
handler404 = "portal.web.errors.not_found"
handler500 = "portal.web.errors.server_error"
