"""Addresses of the pages that menus and base pages link to, so that the clothes can be tried on alone."""

from django.http import HttpResponse
from django.urls import path

from portal.web.gallery import gallery

NAMES = (
    "landing app login logout language register find_pin help home students add_student classic menu calendar alerts "
    "preferences staff staff_home staff_search staff_hidden staff_sign_out"
)


def nothing(request):
    return HttpResponse("")


def broken(request):
    raise RuntimeError("a fault of ours")


urlpatterns = [
    path("gallery/", gallery, name="gallery"),
    path("broken/", broken),
    *(path(f"{name}/", nothing, name=name) for name in NAMES.split()),
]
