"""Addresses of the record: for each section its page, JSON, further pages and acts."""

from django.urls import URLPattern, path

from portal.record import home, views
from portal.record.contents import sections
from portal.record.section import Page, Section


def addresses(section: Section) -> list[URLPattern]:
    """Every address of one section; the url name of its page is its key."""
    below = f"students/<str:ref>/{section.key}/"
    main = Page("", "", section.read, f"{section.key}/page.html")
    found = [
        path(below, views.page_view(section, main), name=section.key),
        path(f"students/<str:ref>/{section.key}.json", views.json_view(section), name=f"{section.key}_json"),
    ]
    for page in section.pages:
        found.append(
            path(below + page.path, views.page_view(section, page), name=f"{section.key}_{page.name}")
        )
    for act in section.acts:
        found.append(path(below + act.path, views.act_view(section, act), name=f"{section.key}_{act.name}"))
    if section.family:
        found.append(path(f"family/{section.key}/", views.family_view(section), name=f"family_{section.key}"))
    return found


urlpatterns = [
    path("home/", home.family_home, name="home"),
    path("home/put-away/", home.put_away, name="put_away"),
    path("students/<str:ref>/", home.student_home, name="student"),
    *(address for section in sections() for address in addresses(section)),
]
