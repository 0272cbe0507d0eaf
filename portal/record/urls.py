"""Addresses of the record: for each section its page, JSON, further pages and acts."""

from datetime import date

from django.urls import URLPattern, path, register_converter

from portal.record import home, views
from portal.record.contents import sections
from portal.record.section import Page, Section


class Day:
    """A date of this century in an address, 2026-10-05; anything else is no address of ours."""

    regex = r"20\d{2}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


class Month:
    """A month of this century in an address, 2026-10, known by its first day."""

    regex = r"20\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date) -> str:
        return f"{value:%Y-%m}"


class Reference:
    """The public reference of a student; see people/models.py."""

    regex = r"[2-9A-Za-z]{10}"

    def to_python(self, value: str) -> str:
        return value

    to_url = to_python


register_converter(Day, "day")
register_converter(Month, "month")
register_converter(Reference, "ref")


def addresses(section: Section) -> list[URLPattern]:
    """Every address of one section; the url name of its page is its key."""
    below = f"students/<ref:ref>/{section.key}/"
    main = Page("", "", section.read, f"{section.key}/page.html")
    found = [
        path(below, views.page_view(section, main), name=section.key),
        path(f"students/<ref:ref>/{section.key}.json", views.json_view(section), name=f"{section.key}_json"),
    ]
    for page in section.pages:
        found.append(
            path(below + page.path, views.page_view(section, page), name=f"{section.key}_{page.name}")
        )
    for act in section.acts:
        found.append(path(below + act.path, views.act_view(section, act), name=f"{section.key}_{act.name}"))
    for paper in section.papers:
        found.append(
            path(below + paper.path, views.paper_view(section, paper), name=f"{section.key}_{paper.name}")
        )
    if section.family:
        address = section.family_address[0] or f"family/{section.key}/"
        found.append(path(address, views.family_view(section), name=section.family_page))
    return found


urlpatterns = [
    path("home/", home.family_home, name="home"),
    path("home/put-away/", home.put_away, name="put_away"),
    path("students/<ref:ref>/", home.student_home, name="student"),
    *(address for section in sections() for address in addresses(section)),
]
