"""The portal's addresses with the record's names leading to the school's side; used to make links, never to answer."""

from django.conf import settings
from django.urls import include, path

from portal.staff import record

urlpatterns = [
    path("", include(settings.ROOT_URLCONF)),
    *record.addresses(),  # the last of a name is the one that is used
    path(record.BELOW, record.home, name="student"),
]
