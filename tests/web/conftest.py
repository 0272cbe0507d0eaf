"""Pages of the clothes without the rest of the house."""

from types import SimpleNamespace

import pytest
from django.shortcuts import render
from django.test import RequestFactory
from django.utils import translation

from portal.web import menu


@pytest.fixture(autouse=True)
def addresses(settings):
    """Every page the menus know exists."""
    settings.ROOT_URLCONF = "tests.web.addresses"
    menu.has_page.cache_clear()
    menu.entries.cache_clear()
    yield
    menu.has_page.cache_clear()
    menu.entries.cache_clear()


@pytest.fixture
def ask():
    """A request as the middleware leaves it: ask(), ask(person="family"), ask("?wrong", classic=True)."""

    def asked(query="", *, person="", classic=False):
        request = RequestFactory().get("/gallery/" + query)
        request.person = SimpleNamespace(kind=person) if person else None
        request.classic = classic
        return request

    return asked


@pytest.fixture
def page(ask):
    """The markup of a template: page("web/landing.html", language="fa")."""

    def shown(template, context=None, *, language="en", **request):
        with translation.override(language):
            return render(ask(**request), template, context or {}).content.decode()

    return shown
