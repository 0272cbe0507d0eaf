"""The one Jinja2 environment: undefined names are errors, every room's templates see the same names.

Names that change from request to request (language, direction) are lazy, so that macros and mails, which are
given no request, see them too.
"""

import re
from typing import Any, NamedTuple

import jinja2
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import (
    get_language,
    get_language_bidi,
    gettext,
    gettext_noop,
    ngettext,
    npgettext,
    pgettext,
)
from markupsafe import Markup

from portal.web import formats, menu


class Language(NamedTuple):
    code: str  # as in settings.LANGUAGES
    name: str  # what its own speakers call it
    direction: str  # "ltr" or "rtl"


class District:
    """The district's settings as they are when a page is made."""

    @property
    def sis_name(self) -> str:
        """A district without a name for it says it in the reader's language."""
        return gettext(settings.DISTRICT.sis_name)

    def __getattr__(self, name: str) -> Any:
        return getattr(settings.DISTRICT, name)


COMMON = gettext_noop("the student information system")  # what districts/*.toml say that have no name for it


def environment(**options: Any) -> jinja2.Environment:
    """The environment for Django's Jinja2 backend, which adds request, csrf_input and csrf_token to each page."""
    options |= {"undefined": jinja2.StrictUndefined, "auto_reload": settings.DEBUG}
    options["extensions"] = ["jinja2.ext.i18n"]
    options["trim_blocks"] = options["lstrip_blocks"] = True
    options["loader"] = jinja2.ChoiceLoader(
        [options["loader"], jinja2.PackageLoader("django.forms", "jinja2")]
    )
    options["autoescape"] = lambda name: not (name or "").endswith(".txt")
    env = jinja2.Environment(**options)  # noqa: S701 - every template but plain mail escapes, see above
    env.policies["ext.i18n.trimmed"] = True  # a sentence may run over lines; the catalogs hold it on one
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    env.globals |= {
        "url": url,
        "static": static,
        "district": District(),
        "languages": tuple(
            Language(code, name, "rtl" if code in settings.LANGUAGES_BIDI else "ltr")
            for code, name in settings.LANGUAGES
        ),
        "language": lazy(lambda: get_language() or settings.LANGUAGE_CODE, str)(),
        "direction": lazy(lambda: "rtl" if get_language_bidi() else "ltr", str)(),
        "menu_entries": menu.entries,
        "has_page": menu.has_page,
        "today": formats.today,
    }
    env.filters |= {
        "day": formats.day,
        "dollars": formats.dollars,
        "hours": formats.hours,
        "language_name": formats.language_name,
        "listed": formats.listed,
        "long_date": formats.long_date,
        "moment": formats.moment,
        "month": formats.month,
        "short_month": formats.short_month,
        "number": formats.number,
        "percent": formats.percent,
        "phone": formats.phone,
        "plain": plain,
        "short_date": formats.short_date,
        "short_weekday": formats.short_weekday,
        "time": formats.time,
        "two_places": formats.two_places,
        "weekday": formats.weekday,
    }
    return env


def url(name: str, **kwargs: Any) -> str:
    """The address of a named page: url("section", ref=student.ref, section="grades")."""
    return reverse(name, kwargs=kwargs)


def plain(html: str) -> Markup:
    """The same markup for Classic Mode: no icons and pictures (even a hidden icon is fetched), all details open."""
    html = re.sub(r"<svg\b.*?</svg>", "", html, flags=re.DOTALL)
    return Markup(html.replace("<details", "<details open"))  # noqa: S704 was markup before
