"""Addresses of the API, version 1. A version stays as it is while an app may use it; what breaks an app is version 2."""

from collections.abc import Iterator

from django.urls import URLPattern, path

import portal.record.urls  # noqa: F401 - registers how a student, a day and a month stand in an address
from portal.api import access, readings
from portal.api.endpoint import Endpoint, view
from portal.record.contents import sections
from portal.record.section import Page, Section

V1 = "api/v1/"


def _addresses(section: Section) -> Iterator[URLPattern]:
    main = Page("", "", section.read, "", section.title)
    for page in (main, *section.pages):
        said = page.title or main.title
        endpoint = Endpoint(
            "GET",
            f"{main.title}" if page is main else f"{main.title}: {said if page.title else page.name}",
            readings.reading(section, page),
            answers=(readings.Answer, page.read),
            errors=(403, 404),
        )
        name = "_".join(filter(None, ("api", section.key, page.name)))
        yield path(f"{V1}students/<ref:ref>/{section.key}/{page.path}", view(section, endpoint), name=name)


urlpatterns = [
    path(
        f"{V1}token/",
        view(
            None,
            Endpoint(
                "POST", "Sign in on a device of one's own", access.sign_in, access.Token, access.SignIn, 201,
                errors=(400, 403, 415, 422), needs_token=False,
            ),
        ),
        name="api_token",
    ),
    path(
        f"{V1}token/own/",
        view(None, Endpoint("DELETE", "Give the token back", access.sign_out)),
        name="api_own_token",
    ),
    path(
        f"{V1}unlock/",
        view(
            None,
            Endpoint(
                "POST", "Unlock the sensitive sections for 15 minutes", access.unlock, access.Token, access.Password,
                errors=(400, 403, 415, 422),
            ),
        ),
        name="api_unlock",
    ),
    path(
        f"{V1}children/",
        view(None, Endpoint("GET", "The person's children", readings.children, readings.Children)),
        name="api_children",
    ),
    *(address for section in sections() for address in _addresses(section)),
]  # fmt: skip
