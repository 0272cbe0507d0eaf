"""Every address says who may knock and what the gate is asked; the portal does not start on one that does not."""

import pytest
from django.http import HttpResponse
from django.urls import path

from portal.access import registry
from portal.config import urls
from portal.people.door import anyone, asks, family_only, staff_only


def plain(request, **_address):
    return HttpResponse()


def test_every_address_has_its_rule():
    assert [(route.address, route.fault) for route in registry.routes() if route.fault] == []
    registry.whole()


@pytest.mark.parametrize(
    ("address", "view"),
    [
        ("students/<str:ref>/secrets/", plain),
        ("students/<str:ref>/secrets/", family_only(plain)),
        ("students/<str:ref>/secrets/", anyone(plain)),
        ("staff/secrets/", staff_only(plain)),
        ("students/<str:ref>/secrets/", asks("no such thing")(family_only(plain))),
    ],
    ids=[
        "no door",
        "a child without a rule",
        "a child for anyone",
        "staff without a rule",
        "an unknown rule",
    ],
)
def test_the_portal_does_not_start_on_an_address_without_a_rule(address, view, settings):
    class Conf:
        urlpatterns = [*urls.urlpatterns, path(address, view)]

    settings.ROOT_URLCONF = Conf
    with pytest.raises(registry.Unguarded, match=address):
        registry.whole()


def test_an_address_with_its_rule_lets_the_portal_start(settings):
    class Conf:
        urlpatterns = [path("students/<str:ref>/open/", asks("link")(family_only(plain)))]

    settings.ROOT_URLCONF = Conf
    registry.whole()
